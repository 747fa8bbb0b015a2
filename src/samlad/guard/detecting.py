"""Where a Swedish text may point out a person. Pure: text in, hits out.

The rules are `static/guard/rules.json`; `static/guard/guard.js` reads the same file on the
phone. A test runs one corpus through both.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from stdnum import luhn

from samlad.guard.kinds import CERTAIN, Kind

RULES = Path(__file__).parent / "static" / "guard" / "rules.json"
CHILDREN_FROM = 2015  # a later year before a clock time is a date, not a birth
HASH_AROUND = 12  # letters and digits beside a number that make it part of a hash or a UUID
_TOKEN_BEFORE = re.compile(r"[0-9A-Za-z-]{1,64}$")
_TOKEN_AFTER = re.compile(r"[0-9A-Za-z-]{1,64}")
REFERENCE_REACH = 24  # characters back to "ärende", "dnr", "faktura"
LONGEST_REMEMBERED = 120  # characters; what may hold a certain hit is not remembered at all
_MAY_BE_CERTAIN = re.compile(r"(?:[0-9][ \t\r\n().+/_-]{0,5}){7}[0-9]|@|\((?:at|a)\)|\[at\]")
_SPACES = " \t\n\r\f\v"


@dataclass(frozen=True, slots=True)
class Hit:
    """Characters `start` up to `end` of a text, and what they look like."""

    kind: Kind
    start: int
    end: int

    @property
    def is_certain(self) -> bool:
        """Tell whether the text is refused, not only looked at."""
        return self.kind in CERTAIN


@dataclass(frozen=True)
class _Rules:
    kinds: list[tuple[Kind, str | None, list[re.Pattern[str]]]]
    words: dict[str, frozenset[str]]
    endings: dict[str, tuple[str, ...]]
    word: re.Pattern[str]


def clean(text: str) -> str:
    """Return the text composed (NFC) and without invisible characters: as it is stored."""
    if text.isascii():
        return text.replace("\x00", "")
    composed = unicodedata.normalize("NFC", text)
    return "".join(c for c in composed if c != "\x00" and unicodedata.category(c) != "Cf")


def _plain(text: str) -> tuple[str, list[int]]:
    """Return a clean text as the rules read it, and where in it each character stood.

    Every kind of space is one space however many, every kind of hyphen a hyphen, and what is
    written in full width is as in ASCII.
    """
    if text.isascii() and "  " not in text and not any(c in text for c in _SPACES[1:]):
        return text, []
    read: list[str] = []
    stood: list[int] = []
    for at, sign in enumerate(text):
        plain = _plain_sign(sign)
        if plain != " " or not read or read[-1] != " ":
            read.append(plain)
            stood.append(at)
    return "".join(read), stood


@lru_cache(maxsize=4096)
def _plain_sign(sign: str) -> str:
    kind = unicodedata.category(sign)
    if sign in _SPACES or kind in {"Zs", "Zl", "Zp"}:
        return " "
    if kind == "Pd" or sign == "\u2212":
        return "-"
    return chr(ord(sign) - 0xFEE0) if "\uff01" <= sign <= "\uff5e" else sign


def find_hits(text: str) -> tuple[Hit, ...]:
    """Return what in a text may point out a person, in its order, none overlapping.

    Positions are those of `clean(text)`. Where hits overlap, the certain one stands.

    >>> [hit.kind.value for hit in find_hits("Ring 070-174 06 05 om fel i gång 3")]
    ['phone']
    >>> find_hits("Klotter på Holländargatan 2026-07-14 kl 22.30")
    ()
    """
    return _found(clean(text), only_certain=False)


def find_certain(text: str) -> tuple[Hit, ...]:
    """Return only the certain hits of a text: quick, for the many short texts of a file.

    >>> find_certain("Kevin Andersson, 070-174 06 05")[0].kind.value
    'phone'
    """
    if text.isascii() and not _MAY_BE_CERTAIN.search(text):
        return ()
    return _found(clean(text), only_certain=True)


def _found(text: str, *, only_certain: bool) -> tuple[Hit, ...]:
    read, stood = _plain(text)
    forget = len(read) > LONGEST_REMEMBERED or _MAY_BE_CERTAIN.search(read)
    hits = (_find if forget else _remembered)(read, only_certain)
    if not stood:
        return hits
    return tuple(Hit(h.kind, stood[h.start], stood[h.end - 1] + 1) for h in hits)


def _find(text: str, only_certain: bool) -> tuple[Hit, ...]:
    rules = _rules()
    found: list[Hit] = []
    for kind, check, expressions in rules.kinds:
        if only_certain and kind not in CERTAIN:
            continue
        spans = (
            names(text, rules)
            if check == "name"
            else (
                match.span()
                for expression in expressions
                for match in expression.finditer(text)
                if check is None or CHECKS[check](text, *match.span(), rules)
            )
        )
        for start, end in spans:
            if all(end <= hit.start or start >= hit.end for hit in found):
                found.append(Hit(kind, start, end))
    return tuple(sorted(found, key=lambda hit: hit.start))


_remembered = lru_cache(maxsize=8192)(_find)


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    read: dict[str, Any] = json.loads(RULES.read_text())

    def compiled(expression: str) -> re.Pattern[str]:
        return re.compile(
            expression.replace("{<}", read["before"]).replace("{>}", read["after"]), re.ASCII
        )

    return _Rules(
        kinds=[
            (Kind(one["kind"]), one["check"], [compiled(e) for e in one["expressions"]])
            for one in read["kinds"]
        ],
        words={
            key: frozenset(value)
            for key, value in read.items()
            if isinstance(value, list) and key != "kinds"
        },
        endings={key: tuple(read[key]) for key in ("place_endings", "surname_endings")},
        word=compiled(read["word"]),
    )


def _birth_day(digits: str) -> bool:
    """Tell whether ten or twelve digits begin with a day; a samordningsnummer adds 60."""
    year = int(digits[:4]) if len(digits) == 12 else 2000 + int(digits[:2])
    month, day = int(digits[-8:-6]), int(digits[-6:-4])
    try:
        # 2000 + yy, so that 29 February is not refused for a century not written
        date(year if len(digits) == 12 else 2000 + year % 4, month, day - 60 if day > 60 else day)
    except ValueError:
        return False
    return True


def _is_date_and_time(written: str, digits: str) -> bool:
    """Tell whether it reads as a day of these years and a clock time."""
    year = int(digits[:4]) if len(digits) == 12 else 2000 + int(digits[:2])
    hour, minute = int(digits[-4:-2]), int(digits[-2:])
    return CHILDREN_FROM <= year < 2050 and hour < 24 and minute < 60 and "+" not in written


def _is_in_a_hash(text: str, start: int, end: int) -> bool:
    """Tell whether the digits stand inside a long mix of letters and digits, such as a hash."""
    before = _TOKEN_BEFORE.search(text, max(0, start - 64), start)
    after = _TOKEN_AFTER.match(text, end)
    around = (before[0] if before else "") + (after[0] if after else "")
    mixed = any(c.isdigit() for c in around) and any(c.isalpha() for c in around)
    return len(around) >= HASH_AROUND and mixed


def _personnummer(text: str, start: int, end: int, rules: _Rules) -> bool:
    if _is_in_a_hash(text, start, end):
        return False
    written = text[start:end]
    digits = re.sub(r"[^0-9]", "", written)
    if not _birth_day(digits) or not luhn.is_valid(digits[-10:]):
        return False
    parted = re.match(r"^[0-9]{2,4}[- ./][0-9]{2}[- ./]?[0-9]{2}", written) is not None
    return not (parted and _is_date_and_time(written, digits))


def _personnummer_like(text: str, start: int, end: int, rules: _Rules) -> bool:
    if _is_in_a_hash(text, start, end):
        return False
    written = text[start:end]
    digits = re.sub(r"[^0-9]", "", written)
    if not _birth_day(digits) or _is_date_and_time(written, digits):
        return False
    before = text[max(0, start - REFERENCE_REACH) : start].lower()
    said = re.findall(r"[a-zåäö][a-zåäö.]*", before)
    return not any(word.rstrip(".") in rules.words["reference_words"] for word in said)


def _phone(text: str, start: int, end: int, rules: _Rules) -> bool:
    if _is_in_a_hash(text, start, end):
        return False
    written = text[start:end]
    digits = re.sub(r"[^0-9]", "", written.replace("(0)", ""))
    if digits.startswith("0046"):
        digits = "0" + digits[4:]
    elif written.lstrip("(").startswith(("+46", "46")):
        digits = "0" + digits[2:]
    area = digits[1:3] if digits[1:3] in rules.words["area_codes"] else digits[1:4]
    if digits[1:2] == "8":
        area = "8"
    if digits[1:2] == "7":
        shaped = re.match(r"^[0-9]{6}[-+ ][0-9]{4}$", written) is not None
        return len(digits) == 10 and not (shaped and _birth_day(digits))
    parted = any(mark in written for mark in "-/")
    if len(digits) not in ({8, 9, 10} if parted else {9, 10}):
        return False
    head = re.match(r"^\(?0([0-9]+)", written)
    if head and len(head[1]) <= 3 and head[1] != area:
        return False
    return not re.match(r"^0?[0-9][-/][0-9]{2}[-/ ]?(?:19|20)[0-9]{2}$", written)


def _plate(text: str, start: int, end: int, rules: _Rules) -> bool:
    return text[start : start + 3].lower() not in rules.words["not_plates"]


CHECKS: dict[str, Callable[[str, int, int, _Rules], bool]] = {
    "personnummer": _personnummer,
    "personnummer_like": _personnummer_like,
    "phone": _phone,
    "plate": _plate,
}


class _Token:
    """A word of the text: how it stands and what it may be."""

    __slots__ = ("bare", "capital", "end", "key", "rules", "start")

    def __init__(self, match: re.Match[str], rules: _Rules) -> None:
        written = match[0]
        self.start, self.end = match.span()
        self.key = written.lower().replace("’", "'")
        self.capital = written[0].isupper()
        stem = re.sub(r"(?:'s|:s|s)$", "", self.key)
        self.bare = stem if stem != self.key else self.key
        self.rules = rules

    def _in(self, words: str) -> bool:
        known = self.rules.words[words]
        return self.key in known or self.bare in known

    @property
    def is_first(self) -> bool:
        parts = self.key.split("-")
        whole = self._in("first_names")
        return whole or (len(parts) > 1 and parts[0] in self.rules.words["first_names"])

    @property
    def is_also_a_word(self) -> bool:
        return self._in("also_words")

    @property
    def is_last(self) -> bool:
        bare = self.bare.split("-")[-1]
        ending = self.rules.endings["surname_endings"]
        return self._in("last_names") or (len(bare) > 5 and bare.endswith(ending))

    @property
    def is_plain(self) -> bool:
        return self._in("plain_words")

    @property
    def is_patronymic(self) -> bool:
        return len(self.bare) > 6 and self.bare.endswith("sson")

    @property
    def is_place(self) -> bool:
        key = self.key
        ending = self.rules.endings["place_endings"]
        return key in self.rules.words["place_words"] or (len(key) > 5 and key.endswith(ending))

    @property
    def is_company(self) -> bool:
        return self.key in self.rules.words["companies"]

    @property
    def is_genitive(self) -> bool:
        return self.key != self.bare


PARTICLES = frozenset({"von", "af", "de", "al", "el", "van", "der", "bin", "da"})


def names(text: str, rules: _Rules) -> Iterator[tuple[int, int]]:
    """Return where a text has personal names."""
    tokens = [_Token(match, rules) for match in rules.word.finditer(text)]
    at = 0
    while at < len(tokens):
        run = _run(text, tokens, at)
        span = _name_in(text, tokens, at, run)
        if span is None:
            at += 1
        else:
            yield tokens[span[0]].start, tokens[span[1]].end
            at = span[1] + 1


def _run(text: str, tokens: list[_Token], at: int) -> int:
    """Return the last of the capitalised words that stand together from `at` on."""
    end = at
    while end + 1 < len(tokens) and end - at < 4:
        following = tokens[end + 1]
        if text[tokens[end].end : following.start] != " ":
            break
        if not following.capital and following.key not in PARTICLES:
            break
        end += 1
    while end > at and not tokens[end].capital:
        end -= 1
    return end


def _name_in(text: str, tokens: list[_Token], at: int, end: int) -> tuple[int, int] | None:
    """Return the first and last word of a name that begins at `at`, or None."""
    token, rules = tokens[at], tokens[at].rules
    before = tokens[at - 1] if at and tokens[at].start - tokens[at - 1].end <= 2 else None
    if not token.capital:
        return _small_letters(text, tokens, at)
    if _is_said_to_be_a_name(text, tokens, at):
        return at, min(end, at + 2)
    if before is not None and before.key in rules.words["titles"] and not token.is_place:
        return at, min(end, at + 1)
    if _is_a_place_or_company(text, tokens, at, end):
        return None
    run = tokens[at : end + 1]
    if token.is_first and not (token.is_place and not token._in("first_names")):
        if end > at:
            last = tokens[at + 1]
            if token.is_plain and not any(one.is_last for one in run[1:]):
                return None
            if last.is_first or last.is_last or not last.is_also_a_word:
                return at, min(end, at + 2)
        related = before is not None and before.key in rules.words["relations"]
        return None if token.is_also_a_word and not related else (at, at)
    if end > at and tokens[at + 1].is_last and not token.is_also_a_word and not token.is_place:
        return at, at + 1
    initial = at and text[tokens[at - 1].end : token.start] == ". "
    if initial and tokens[at - 1].end - tokens[at - 1].start == 1 and token.is_last:
        return at - 1, at
    if token.is_patronymic and not token.is_place and not (token.is_genitive and end > at):
        return at, at
    return None


def _is_a_place_or_company(text: str, tokens: list[_Token], at: int, end: int) -> bool:
    """Tell whether the words around say that this is the name of a place or a company."""
    token, words = tokens[at], tokens[at].rules.words
    if at and token.start - tokens[at - 1].end <= 2 and tokens[at - 1].key in words["before_place"]:
        return True
    if any(one.is_place or one.is_company for one in tokens[at + 1 : end + 1]) or token.is_company:
        return True
    following = tokens[end + 1] if end + 1 < len(tokens) else None
    touches = following is not None and text[tokens[end].end : following.start] == " "
    if touches and tokens[end].is_genitive and following is not None and following.is_place:
        return True
    return text[tokens[end].end : tokens[end].end + 2] == " &"


def _is_said_to_be_a_name(text: str, tokens: list[_Token], at: int) -> bool:
    """Tell whether "heter", "kallas" or "vid namn" stands shortly before, in one breath."""
    token = tokens[at]
    for back in range(1, 5):
        if at - back < 0 or token.is_place:
            return False
        between = text[tokens[at - back].end : tokens[at - back + 1].start]
        if between != " " or tokens[at - back].capital:
            return False
        if tokens[at - back].key in token.rules.words["said_names"]:
            return True
    return False


def _small_letters(text: str, tokens: list[_Token], at: int) -> tuple[int, int] | None:
    if at + 1 >= len(tokens):
        return None
    token, following = tokens[at], tokens[at + 1]
    apart = text[token.end : following.start] != " "
    if apart or following.capital or token.is_also_a_word or not token._in("first_names"):
        return None
    if len(token.key) < 3 or not (following._in("last_names") or following.is_patronymic):
        return None
    return None if following.is_place else (at, at + 1)
