// The personal-data guard on the phone: the rules of rules.json, as detecting.py reads them.
// Nothing typed leaves the page; the server asks again when the form is sent.
const CHILDREN_FROM = 2015;
const REFERENCE_REACH = 24;
const HASH_AROUND = 12;
const CERTAIN = new Set(["personnummer", "email", "phone"]);
const PARTICLES = new Set(["von", "af", "de", "al", "el", "van", "der", "bin", "da"]);

export const clean = (text) => text.normalize("NFC").replace(/[\p{Cf}\u0000]/gu, "");

// A clean text as the rules read it, and where in it each character stood.
function plain(text) {
  let read = "";
  const stood = [];
  for (let at = 0; at < text.length; at += 1) {
    let sign = text[at];
    if (/[ \t\n\r\f\v\p{Zs}\p{Zl}\p{Zp}]/u.test(sign)) sign = " ";
    else if (/[\p{Pd}\u2212]/u.test(sign)) sign = "-";
    else if (sign >= "\uFF01" && sign <= "\uFF5E") sign = String.fromCharCode(sign.charCodeAt(0) - 0xfee0);
    if (sign !== " " || !read.endsWith(" ")) {
      read += sign;
      stood.push(at);
    }
  }
  return { read, stood };
}

export function prepared(rules) {
  const compiled = (expression) =>
    new RegExp(expression.replaceAll("{<}", rules.before).replaceAll("{>}", rules.after), "g");
  const words = {};
  for (const [key, value] of Object.entries(rules)) {
    if (Array.isArray(value) && key !== "kinds") words[key] = new Set(value);
  }
  const kinds = rules.kinds.map((one) => ({ ...one, expressions: one.expressions.map(compiled) }));
  return { kinds, words, endings: rules, word: compiled(rules.word) };
}

const digitsOf = (text) => text.replace(/[^0-9]/g, "");

function isLuhn(digits) {
  let sum = 0;
  [...digits].reverse().forEach((digit, at) => {
    const value = Number(digit) * (at % 2 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  });
  return sum % 10 === 0;
}

function isBirthDay(digits) {
  const whole = digits.length === 12;
  const year = whole ? Number(digits.slice(0, 4)) : 2000 + (Number(digits.slice(0, 2)) % 4);
  const month = Number(digits.slice(-8, -6));
  let day = Number(digits.slice(-6, -4));
  if (day > 60) day -= 60;
  const made = new Date(Date.UTC(year, month - 1, day));
  return month >= 1 && month <= 12 && day >= 1 && made.getUTCMonth() === month - 1;
}

function isDateAndTime(written, digits) {
  const year = digits.length === 12 ? Number(digits.slice(0, 4)) : 2000 + Number(digits.slice(0, 2));
  const [hour, minute] = [Number(digits.slice(-4, -2)), Number(digits.slice(-2))];
  return year >= CHILDREN_FROM && year < 2050 && hour < 24 && minute < 60 && !written.includes("+");
}

// Inside a long mix of letters and digits, such as a hash?
function isInAHash(text, start, end) {
  const before = text.slice(Math.max(0, start - 64), start).match(/[0-9A-Za-z-]{1,64}$/);
  const after = text.slice(end, end + 64).match(/^[0-9A-Za-z-]{1,64}/);
  const around = (before ? before[0] : "") + (after ? after[0] : "");
  return around.length >= HASH_AROUND && /[0-9]/.test(around) && /[A-Za-z]/.test(around);
}

const CHECKS = {
  personnummer(text, start, end) {
    if (isInAHash(text, start, end)) return false;
    const written = text.slice(start, end);
    const digits = digitsOf(written);
    if (!isBirthDay(digits) || !isLuhn(digits.slice(-10))) return false;
    const parted = /^[0-9]{2,4}[- ./][0-9]{2}[- ./]?[0-9]{2}/.test(written);
    return !(parted && isDateAndTime(written, digits));
  },
  personnummer_like(text, start, end, rules) {
    if (isInAHash(text, start, end)) return false;
    const written = text.slice(start, end);
    const digits = digitsOf(written);
    if (!isBirthDay(digits) || isDateAndTime(written, digits)) return false;
    const before = text.slice(Math.max(0, start - REFERENCE_REACH), start).toLowerCase();
    const said = before.match(/[a-zåäö][a-zåäö.]*/g) || [];
    return !said.some((word) => rules.words.reference_words.has(word.replace(/\.+$/, "")));
  },
  phone(text, start, end, rules) {
    if (isInAHash(text, start, end)) return false;
    const written = text.slice(start, end);
    let digits = digitsOf(written.replace("(0)", ""));
    if (digits.startsWith("0046")) digits = `0${digits.slice(4)}`;
    else if (/^\(*\+?46/.test(written)) digits = `0${digits.slice(2)}`;
    let area = digits.slice(1, rules.words.area_codes.has(digits.slice(1, 3)) ? 3 : 4);
    if (digits[1] === "8") area = "8";
    if (digits[1] === "7") {
      const shaped = /^[0-9]{6}[-+ ][0-9]{4}$/.test(written);
      return digits.length === 10 && !(shaped && isBirthDay(digits));
    }
    const shortest = /[-/]/.test(written) ? 8 : 9;
    if (digits.length < shortest || digits.length > 10) return false;
    const head = written.match(/^\(?0([0-9]+)/);
    if (head && head[1].length <= 3 && head[1] !== area) return false;
    return !/^0?[0-9][-/][0-9]{2}[-/ ]?(?:19|20)[0-9]{2}$/.test(written);
  },
  plate: (text, start, end, rules) =>
    !rules.words.not_plates.has(text.slice(start, start + 3).toLowerCase()),
};

function token(match, rules) {
  const key = match[0].toLowerCase().replaceAll("’", "'");
  const stem = key.replace(/(?:'s|:s|s)$/, "");
  const within = (words) => rules.words[words].has(key) || rules.words[words].has(stem);
  const ends = (word, list) => rules.endings[list].some((ending) => word.endsWith(ending));
  const parts = key.split("-");
  const family = stem.split("-").at(-1);
  return {
    start: match.index,
    end: match.index + match[0].length,
    key,
    capital: match[0][0] !== match[0][0].toLowerCase(),
    genitive: stem !== key,
    inFirst: within("first_names"),
    inLast: within("last_names"),
    first: within("first_names") || (parts.length > 1 && rules.words.first_names.has(parts[0])),
    alsoWord: within("also_words"),
    last: within("last_names") || (family.length > 5 && ends(family, "surname_endings")),
    plain: within("plain_words"),
    patronymic: stem.length > 6 && stem.endsWith("sson"),
    place: rules.words.place_words.has(key) || (key.length > 5 && ends(key, "place_endings")),
    company: rules.words.companies.has(key),
  };
}

function runFrom(text, tokens, at) {
  let end = at;
  while (end + 1 < tokens.length && end - at < 4) {
    const following = tokens[end + 1];
    if (text.slice(tokens[end].end, following.start) !== " ") break;
    if (!following.capital && !PARTICLES.has(following.key)) break;
    end += 1;
  }
  while (end > at && !tokens[end].capital) end -= 1;
  return end;
}

function smallLetters(text, tokens, at) {
  const [one, following] = [tokens[at], tokens[at + 1]];
  if (!following || text.slice(one.end, following.start) !== " ") return null;
  if (following.capital || one.alsoWord || !one.inFirst || one.key.length < 3) return null;
  if (!(following.inLast || following.patronymic) || following.place) return null;
  return [at, at + 1];
}

// "heter", "kallas" or "vid namn" stands shortly before, in one breath.
function isSaidToBeAName(text, tokens, at, rules) {
  for (let back = 1; back < 5; back += 1) {
    if (at - back < 0 || tokens[at].place) return false;
    const between = text.slice(tokens[at - back].end, tokens[at - back + 1].start);
    if (between !== " " || tokens[at - back].capital) return false;
    if (rules.words.said_names.has(tokens[at - back].key)) return true;
  }
  return false;
}

function nameIn(text, tokens, at, end, rules) {
  const one = tokens[at];
  const before = at && one.start - tokens[at - 1].end <= 2 ? tokens[at - 1] : null;
  const following = tokens[end + 1];
  const touches = following && text.slice(tokens[end].end, following.start) === " ";
  if (!one.capital) return smallLetters(text, tokens, at);
  if (isSaidToBeAName(text, tokens, at, rules)) return [at, Math.min(end, at + 2)];
  if (before && rules.words.titles.has(before.key) && !one.place) return [at, Math.min(end, at + 1)];
  if (before && rules.words.before_place.has(before.key)) return null;
  const rest = tokens.slice(at + 1, end + 1);
  if (rest.some((word) => word.place || word.company) || one.company) return null;
  if (touches && tokens[end].genitive && following.place) return null;
  if (text.slice(tokens[end].end, tokens[end].end + 2) === " &") return null;
  if (one.first && !(one.place && !one.inFirst)) {
    if (end > at) {
      const last = tokens[at + 1];
      if (one.plain && !rest.some((word) => word.last)) return null;
      if (last.first || last.last || !last.alsoWord) return [at, Math.min(end, at + 2)];
    }
    const related = before && rules.words.relations.has(before.key);
    return one.alsoWord && !related ? null : [at, at];
  }
  if (end > at && tokens[at + 1].last && !one.alsoWord && !one.place) return [at, at + 1];
  const initial = at && text.slice(tokens[at - 1].end, one.start) === ". ";
  if (initial && tokens[at - 1].end - tokens[at - 1].start === 1 && one.last) return [at - 1, at];
  return one.patronymic && !one.place && !(one.genitive && end > at) ? [at, at] : null;
}

function* namesIn(text, rules) {
  const tokens = [...text.matchAll(rules.word)].map((match) => token(match, rules));
  for (let at = 0; at < tokens.length; at += 1) {
    const span = nameIn(text, tokens, at, runFrom(text, tokens, at), rules);
    if (span) {
      yield [tokens[span[0]].start, tokens[span[1]].end];
      [, at] = span;
    }
  }
}

function* spansOf(one, text, rules) {
  if (one.check === "name") yield* namesIn(text, rules);
  for (const expression of one.expressions) {
    for (const match of text.matchAll(expression)) {
      const [start, end] = [match.index, match.index + match[0].length];
      if (!one.check || CHECKS[one.check](text, start, end, rules)) yield [start, end];
    }
  }
}

export function findHits(written, rules) {
  const { read, stood } = plain(clean(written));
  const found = [];
  for (const one of rules.kinds) {
    for (const [start, end] of spansOf(one, read, rules)) {
      if (found.every((hit) => end <= hit.start || start >= hit.end)) {
        found.push({ kind: one.kind, certain: CERTAIN.has(one.kind), start, end });
      }
    }
  }
  return found
    .sort((a, b) => a.start - b.start)
    .map((hit) => ({ ...hit, start: stood[hit.start], end: stood[hit.end - 1] + 1 }));
}
