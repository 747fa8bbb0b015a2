// A shift after it has ended: where, when, how long, and bands of whom was met. It belongs to
// the team; nobody is named, and there is no field for words.
const at = (id) => document.getElementById(id);
const form = at("pass");
const MORNING = 6;

const all = (selector) => [...form.querySelectorAll(selector)];
const chosen = (name) => form.querySelector(`[name=${name}]:checked`)?.value || "";
const day = (back) => new Date(Date.now() - back * 86400000).toLocaleDateString("sv-SE");

function check(name, value) {
  for (const one of all(`[name=${name}]`)) one.checked = one.value === value;
}

// What ended a while ago: before six in the morning it was last night's.
function began() {
  const hour = new Date().getHours();
  return { back: hour < MORNING ? 1 : 0, part: hour < MORNING || hour >= 22 ? "natt" : hour >= 18 ? "kvall" : "dag" };
}

export function fill(organisation, tile) {
  const usual = organisation.shift;
  const names = Object.fromEntries(organisation.places.map((one) => [one.id, one.name]));
  const first = [...usual.places, ...organisation.recent].filter((id, index, ids) => names[id] && ids.indexOf(id) === index);
  at("pass-var").replaceChildren(...first.slice(0, 6).map((id) => tile("passvar", String(id), names[id])));
  empty(usual);
}

export function empty(usual) {
  form.reset();
  check("passroll", usual.role);
  at("pass-timmar").value = usual.hours;
  const start = began();
  check("passdag", String(start.back));
  check("passnar", start.part);
  at("pass-dag-val").hidden = true;
}

// Returns the shift as it is sent, and what is missing: [text's name, field].
export function read(organisation) {
  const written = at("pass-var-sok").value.trim();
  const place = organisation.places.find((one) => one.name === written);
  const area = organisation.areas.find((one) => one.name === written);
  const where = written
    ? place ? { place: place.id } : area ? { area: area.id } : {}
    : chosen("passvar") ? { place: Number(chosen("passvar")) } : {};
  const shift = {
    key: crypto.randomUUID(),
    role: chosen("passroll"),
    day: chosen("passdag") === "val" ? at("pass-dag").value : day(Number(chosen("passdag"))),
    part: chosen("passnar"),
    hours: Number(at("pass-timmar").value.replace(",", ".")) || 0,
    orientations: all("[name=passhur]:checked").map((one) => one.value),
    ...where,
  };
  for (const field of all("[data-counts]")) {
    const [group, code] = field.dataset.counts.split(" ");
    shift[group] ||= {};
    if (field.value) shift[group][code] = Number(field.value);
  }
  const wrong = [];
  if (!Object.keys(where).length) wrong.push(["knownplace", at("pass-var-sok")]);
  if (!shift.day) wrong.push(["day", at("pass-dag")]);
  if (!(shift.hours > 0 && shift.hours <= 24)) wrong.push(["hours", at("pass-timmar")]);
  return { shift, wrong };
}

// Writes a shift back into the form, to be corrected.
export function refill(shift, organisation) {
  empty(organisation.shift);
  check("passroll", shift.role);
  check("passdag", "val");
  at("pass-dag-val").hidden = false;
  at("pass-dag").value = shift.day;
  check("passnar", shift.part);
  at("pass-timmar").value = shift.hours;
  check("passvar", String(shift.place));
  const named = organisation.places.find((one) => one.id === shift.place) ||
    organisation.areas.find((one) => one.id === shift.area);
  at("pass-var-sok").value = chosen("passvar") ? "" : named?.name || "";
  for (const one of all("[name=passhur]")) one.checked = shift.orientations.includes(one.value);
  for (const field of all("[data-counts]")) {
    const [group, code] = field.dataset.counts.split(" ");
    field.value = shift[group]?.[code] || "";
  }
}

at("pass-dagar").addEventListener("change", () => (at("pass-dag-val").hidden = chosen("passdag") !== "val"));
at("pass-var").addEventListener("change", () => (at("pass-var-sok").value = ""));
