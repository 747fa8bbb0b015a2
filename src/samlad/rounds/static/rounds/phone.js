// The reporter's phone: filled in with one thumb, also without a network.
import { clean, findHits, prepared } from "../guard/guard.js";
import "../guard/fields.js";
import * as queue from "./queue.js";
import * as shifts from "./shift.js";

const page = document.getElementById("phone");
const at = (id) => document.getElementById(id);
const texts = Object.fromEntries(
  [...at("texter").content.querySelectorAll("[data-text]")].map((one) => [
    one.dataset.text,
    one.textContent,
  ]),
);
const form = at("handelse");
let lists = null;
let rules = null;
let position = null;
let added = [];
let reachable = true;

const organisation = () =>
  lists?.organisations.find((one) => String(one.id) === at("organisation").value) ||
  lists?.organisations[0];
const roundToAnswer = () => {
  const open = (organisation()?.rounds || []).filter((one) => !one.submitted);
  return open.find((one) => one.may_answer) || open[0] || organisation()?.rounds[0];
};

function say(text, color = "info") {
  const box = document.createElement("div");
  box.className = "ds-alert";
  box.dataset.color = color;
  box.textContent = text;
  at("besked").replaceChildren(box);
  return box;
}

function tile(name, value, label) {
  const holder = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "radio", name, value });
  const span = document.createElement("span");
  span.textContent = label;
  holder.append(input, span);
  return holder;
}

function option(value, label) {
  return Object.assign(document.createElement("option"), { value, textContent: label });
}

function fill() {
  const own = organisation();
  if (!own) {
    say(texts.hello);
    return;
  }
  const labels = Object.fromEntries(lists.categories.map((one) => [one.code, one.label]));
  at("vad").replaceChildren(...own.usual.map((code) => tile("vad", code, labels[code])));
  const rest = lists.categories.filter((one) => !own.usual.includes(one.code));
  at("vad-mer").replaceChildren(
    at("vad-mer").options[0],
    ...rest.map((one) => option(one.code, one.label)),
  );
  const names = Object.fromEntries(own.places.map((one) => [one.id, one.name]));
  at("var").replaceChildren(
    ...own.recent.filter((id) => names[id]).map((id) => tile("var", String(id), names[id])),
  );
  at("var-lista").replaceChildren(
    ...[...own.places, ...own.areas].map((one) => option(one.name, one.name)),
  );
  at("veckan").hidden = false;
  at("lage").hidden = !own.shift;
  if (own.shift) shifts.fill(own, tile);
  turn();
  week();
}

// Shows the form of what is to be written: an event, or a shift where one is on shifts.
function turn(to = "") {
  const radios = [...at("lage").querySelectorAll("input")];
  if (to) for (const one of radios) one.checked = one.value === to;
  const isShift = !at("lage").hidden && radios.find((one) => one.checked)?.value === "pass";
  at("pass").hidden = !isShift;
  form.hidden = isShift;
}

function week() {
  const round = roundToAnswer();
  at("veckan-rubrik").textContent = round ? round.label : organisation().name;
  at("veckan-lage").textContent = round
    ? `${organisation().name} · ${round.state} · ${texts.closes} ${round.closes}`
    : texts.none;
  at("inget").hidden = !round || round.reports > 0 || round.submitted || !round.may_answer;
  at("klart-falt").hidden = !round || round.submitted || !round.may_answer;
  at("telefon").hidden = !reachable;
  at("bradskande-falt").hidden = !organisation().urgent;
  at("bradskande-hjalp").textContent = organisation().on_duty ? texts.duty : texts.noduty;
  at("telefon-lage").textContent = lists.own_phone ? texts.own : texts.shared;
}

function chosen(name) {
  return form.querySelector(`[name=${name}]:checked`)?.value || "";
}

function place() {
  const written = at("var-sok").value.trim();
  const point = position ? { latitude: position.latitude, longitude: position.longitude } : {};
  if (written) {
    const known = organisation().places.find((one) => one.name === written);
    const area = organisation().areas.find((one) => one.name === written);
    return known ? { place: known.id } : area ? { area: area.id } : { ...point, where: written };
  }
  return chosen("var") ? { place: Number(chosen("var")) } : point;
}

async function isRefused(text) {
  rules ||= await fetch(new URL("../guard/rules.json", import.meta.url))
    .then((answer) => answer.json())
    .then(prepared, () => null);
  return rules ? findHits(clean(text), rules).some((hit) => hit.certain) : false;
}

// Returns the event as it is sent, or null after saying what is missing.
async function read() {
  const event = {
    key: crypto.randomUUID(),
    category: at("vad-mer").value || chosen("vad"),
    when: chosen("nar"),
    quantity: Number(at("antal").value) || 1,
    police_reported: { "": null, 1: true, 0: false }[chosen("polis")],
    text: at("text").value,
    ...(at("bradskande").checked && !at("bradskande-falt").hidden ? { urgent: true } : {}),
    ...place(),
  };
  const wrong = [];
  if (!event.category) wrong.push([texts.what, form.querySelector("[name=vad]") || at("vad-mer")]);
  if (!Object.keys(place()).length) wrong.push([texts.where, form.querySelector("[name=var]") || at("var-sok")]);
  if (event.when === "chosen") {
    Object.assign(event, {
      day: at("dag").value,
      clock: at("klocka").value,
      end_day: at("slutdag").value,
      end_clock: at("slutklocka").value,
    });
    if (!event.day) wrong.push([texts.day, at("dag")]);
  }
  if (await isRefused(event.where || "")) wrong.push([texts.certain, at("var-sok")]);
  if (await isRefused(event.text)) wrong.push([texts.certain, at("text")]);
  const list = document.createElement("ul");
  for (const [text] of wrong) list.append(Object.assign(document.createElement("li"), { textContent: text }));
  at("fel").className = wrong.length ? "ds-alert" : "";
  at("fel").dataset.color = "danger";
  at("fel").replaceChildren(...(wrong.length ? [list] : []));
  if (!wrong.length) return event;
  wrong[0][1].closest("details")?.setAttribute("open", "");
  wrong[0][1].focus({ preventScroll: true });
  (wrong[0][1].closest("fieldset") || wrong[0][1]).prepend(at("fel"));
  at("fel").scrollIntoView({ block: "center" });
  return null;
}

function empty() {
  form.reset();
  position = null;
  at("har-svar").textContent = "";
  at("nar-val").hidden = true;
  at("karta").querySelector("[data-take-none]").click();
  form.querySelectorAll(".guard-note").forEach((note) => note.replaceChildren());
}

// Writes an event back into the form, to be corrected; what was "just now" then is said by day.
function refill(event, row) {
  empty();
  const written = new Date(row.written_at);
  const moment = event.when === "chosen" ? event : {
    day: written.toLocaleDateString("sv-SE"),
    clock: event.when === "now" ? written.toLocaleTimeString("sv-SE", { timeStyle: "short" }) : "",
  };
  const check = (name, value) => {
    const found = [...form.querySelectorAll(`[name=${name}]`)].find((one) => one.value === value);
    if (found) found.checked = true;
    return found;
  };
  if (!check("vad", event.category)) at("vad-mer").value = event.category;
  const named = organisation().places.find((one) => one.id === event.place) ||
    organisation().areas.find((one) => one.id === event.area);
  if (!check("var", String(event.place))) at("var-sok").value = named?.name || event.where || "";
  if (event.latitude) {
    position = { latitude: event.latitude, longitude: event.longitude };
    at("har-svar").textContent = texts.place;
  }
  check("nar", "chosen");
  at("nar-val").hidden = false;
  at("dag").value = moment.day;
  at("klocka").value = moment.clock || "";
  at("slutdag").value = moment.end_day || "";
  at("slutklocka").value = moment.end_clock || "";
  at("antal").value = event.quantity;
  check("polis", { null: "", true: "1", false: "0" }[event.police_reported]);
  at("text").value = event.text;
  at("bradskande").checked = !!event.urgent;
  at("text").closest("details").open = true;
}

async function correct(row) {
  if (row.shift) {
    at("organisation").value = String(row.organisation);
    if (!organisation()?.shift || organisation().id !== row.organisation) return;
    fill();
    turn("pass");
    shifts.refill(row.shift, organisation());
    await queue.remove(row.key);
    await show();
    say(texts.correcting, "warning");
    at("pass-timmar").focus();
    return;
  }
  turn("handelse");
  const [first, ...others] = row.events;
  added.push(...others);
  await queue.keepDrafts(lists.user, added);
  await queue.remove(row.key);
  refill(first, row);
  await show();
  say(texts.correcting, "warning");
  at("text").focus();
}

async function keepShift(shift) {
  await queue.put(addressed({ events: [], shift }));
  shifts.empty(organisation().shift);
  await show();
  return send("");
}

function addressed(content) {
  return {
    key: crypto.randomUUID(),
    user: lists.user,
    device: lists.device,
    organisation: organisation().id,
    written_at: new Date().toISOString(),
    ...content,
  };
}

async function keep(events, answer) {
  const row = addressed({ events });
  if (answer) Object.assign(row, { answer, round: roundToAnswer().id });
  await queue.put(row);
  await queue.keepDrafts(lists.user, added);
  await show();
  return send(answer);
}

const isUrgent = (row) => row.events.some((event) => event.urgent);

async function send(answer) {
  const rows = await queue.waitingFor(lists.user);
  if (rows.every((row) => row.refused)) return { refused: rows.length };
  say(texts.sending);
  const told = await queue.sendAll(page.dataset.send, lists);
  if (told.unreachable && (await queue.waitingFor(lists.user)).some(isUrgent)) say(texts.urgentunsent, "danger");
  else if (told.unreachable) say(texts.kept, "warning");
  else if (told.signedOut) await askToSignIn();
  else if (told.answer === "refused") say(told.why, "danger");
  else if (told.refused) say(`${texts.refused}: ${told.reason}`, "danger");
  else if (told.urgent !== null) say(told.urgent ? texts.urgenttold : texts.urgentnobody, told.urgent ? "success" : "danger");
  else {
    const done = told.answer === "in";
    if (told.shift && !told.sent) say(texts.shiftsent, "success");
    else say(answer === "nothing" ? texts.nothing : done ? texts.sentdone : texts.sent, "success");
  }
  await show();
  if (!told.unreachable && !told.signedOut) await refresh();
  return told;
}

async function show() {
  const rows = lists ? await queue.waitingFor(lists.user) : [];
  const labels = Object.fromEntries((lists?.categories || []).map((one) => [one.code, one.label]));
  at("vantar").hidden = !rows.length && !added.length;
  const line = (events, why, forget, mend, shift) => {
    const item = document.createElement("li");
    const what = shift ? `${texts.shift} ${shift.day}` : events.map((event) => labels[event.category] || "").join(", ");
    const urgent = events.some((event) => event.urgent);
    const state = why ? `${texts.refused}: ${why}` : texts.waiting;
    item.append(`${what || texts.nothing} · ${urgent ? `${texts.urgentunsent}. ` : ""}${state} `);
    if (urgent) item.dataset.refused = "true";
    if (why) item.dataset.refused = "true";
    const button = (words, act) => {
      const one = document.createElement("button");
      Object.assign(one, { type: "button", className: "app-link", textContent: words });
      one.addEventListener("click", act);
      item.append(one, " ");
    };
    if (mend) button(texts.correct, mend);
    button(texts.remove, forget);
    return item;
  };
  at("vantar-lista").replaceChildren(
    ...added.map((event, index) =>
      line([event], "", async () => {
        added.splice(index, 1);
        await queue.keepDrafts(lists.user, added);
        await show();
      }),
    ),
    ...rows.map((row) =>
      line(
        row.events,
        row.refused,
        async () => {
          await queue.remove(row.key);
          await show();
        },
        row.refused && (row.events.length || row.shift) ? () => correct(row) : null,
        row.shift,
      ),
    ),
  );
}

async function askToSignIn() {
  const [row] = await queue.waitingFor(lists.user);
  const device = lists.device || row?.device;
  if (device) {
    const said = await fetch(page.dataset.device, {
      method: "POST",
      headers: { "X-CSRFToken": lists.csrf || "" },
      body: new URLSearchParams({ device }),
    }).then((answer) => (answer.ok ? answer.json() : {}), () => ({}));
    if (said.account === "closed") {
      await queue.forgetAllOf(lists.user);
      form.hidden = at("pass").hidden = at("lage").hidden = at("veckan").hidden = true;
      say(texts.closed, "danger");
      await show();
      return;
    }
  }
  const link = Object.assign(document.createElement("a"), {
    href: page.dataset.login,
    textContent: texts.signinlink,
  });
  say(`${texts.signin} `, "warning").append(link);
}

// Lists kept on a phone others may use are good for as long as its session would have been.
function mayBeUsed(kept) {
  const hours = kept ? (Date.now() - Date.parse(kept.read_at)) / 3600000 : 0;
  return kept && (kept.own_phone || hours < 12) ? kept : null;
}

// Reads the lists anew; without a network, or signed out, those kept on the phone are used.
async function refresh() {
  try {
    const answer = await fetch(page.dataset.lists, { redirect: "manual" });
    if (answer.type === "opaqueredirect") {
      lists ||= mayBeUsed(await queue.keptLists());
      return "signedOut";
    }
    if (!answer.ok) throw new Error("no lists");
    const shown = at("organisation").value;
    lists = await answer.json();
    reachable = true;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) {
      field.value = lists.csrf;
    }
    await queue.keepLists(lists);
    at("organisation").replaceChildren(
      ...lists.organisations.map((one) => option(one.id, one.name)),
    );
    if (shown) at("organisation").value = shown;
    at("for-vem").hidden = lists.organisations.length < 2;
    if (!at("veckan").hidden) week();
    return "read";
  } catch {
    reachable = false;
    lists ||= mayBeUsed(await queue.keptLists());
    return "unreachable";
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const blank = !at("vad-mer").value && !chosen("vad") && added.length;
  const one = blank ? null : await read();
  if (!one && !blank) return;
  const events = [...added, ...(one ? [one] : [])];
  const answer = at("klart").checked && !at("klart-falt").hidden ? "done" : "";
  added = [];
  empty();
  await keep(events, answer);
  at("besked").scrollIntoView({ block: "nearest" });
});
at("pass").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { shift, wrong } = shifts.read(organisation());
  const box = at("pass-fel");
  box.className = wrong.length ? "ds-alert" : "";
  box.dataset.color = "danger";
  box.textContent = wrong.map(([name]) => texts[name]).join(" ");
  if (wrong.length) {
    wrong[0][1].focus();
    return;
  }
  await keepShift(shift);
  at("besked").scrollIntoView({ block: "nearest" });
});
at("lage").addEventListener("change", () => turn());
at("till").addEventListener("click", async () => {
  const one = await read();
  if (!one) return;
  added.push(one);
  await queue.keepDrafts(lists.user, added);
  empty();
  say(texts.added, "success");
  await show();
  form.querySelector("[name=vad]")?.focus();
});
at("inget").addEventListener("click", () => keep([], "nothing"));
at("vad").addEventListener("change", () => (at("vad-mer").value = ""));
at("vad-mer").addEventListener("change", () => {
  form.querySelectorAll("[name=vad]:checked").forEach((one) => (one.checked = false));
});
at("var").addEventListener("change", () => (at("var-sok").value = ""));
at("nar").addEventListener("change", () => (at("nar-val").hidden = chosen("nar") !== "chosen"));
at("organisation").addEventListener("change", fill);
at("har").addEventListener("click", () => {
  navigator.geolocation?.getCurrentPosition(
    (found) => {
      position = found.coords;
      at("har-svar").textContent = texts.place;
    },
    () => (at("har-svar").textContent = texts.noplace),
    { timeout: 10000 },
  );
});
// The map and what it is made of are fetched when it is opened: a report needs none of it.
at("karta").addEventListener("toggle", async () => {
  const map = at("karta");
  if (!map.open || map.dataset.asked) return;
  map.dataset.asked = "true";
  try {
    document.head.append(
      Object.assign(document.createElement("link"), { rel: "stylesheet", href: map.dataset.styles }),
    );
    await import("../ui/point-map.js");
  } catch {
    delete map.dataset.asked;
    map.querySelector("[role=status]").textContent = texts.nomap;
  }
});
at("karta").addEventListener("chosen", () => {
  const [latitude, longitude] = ["latitude", "longitude"].map((name) =>
    Number(at("karta").querySelector(`[name=${name}]`).value),
  );
  position = { latitude, longitude };
  at("har-svar").textContent = "";
  at("var-sok").value = "";
  form.querySelectorAll("[name=var]:checked").forEach((one) => (one.checked = false));
});
at("sand-nu").addEventListener("click", async () => {
  if (added.length) {
    const events = added;
    added = [];
    await keep(events, "");
  } else await send("");
});
page.querySelectorAll("[data-ut]").forEach((button) =>
  button.addEventListener("click", async () => {
    if (button.dataset.ut === "radera") await queue.forgetAllOf(lists.user);
    if (button.dataset.ut === "skicka") {
      const told = await send("");
      if (told.unreachable || told.signedOut || told.refused) return;
    }
    await queue.forgetLists();
    at("ut-form").submit();
  }),
);
addEventListener("online", async () => {
  if ((await refresh()) === "read") await send("");
});

(async () => {
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
  if (await queue.forgetOld()) say(texts.old, "warning");
  const state = await refresh();
  if (!lists) {
    say(texts.signin, "warning");
    return;
  }
  added = await queue.keptDrafts(lists.user);
  at("dag").max = at("slutdag").max = at("pass-dag").max = new Date().toLocaleDateString("sv-SE");
  fill();
  await show();
  if (state === "unreachable") say(texts.offline, "warning");
  else if (state === "signedOut") await askToSignIn();
  else if ((await queue.waitingFor(lists.user)).length && !location.search) await send("");
  if (location.search.includes("lamna")) {
    if (!(await queue.waitingFor(lists.user)).length) {
      await queue.forgetLists();
      at("ut-form").submit();
    }
    at("utloggning").hidden = false;
    at("utloggning").focus();
  }
})();
