// Says beside a text field what in it may point out a person, while it is written.
import { clean, findHits, prepared } from "./guard.js";

let rules = null;

async function rulesOnce() {
  if (!rules) {
    const answer = await fetch(new URL("./rules.json", import.meta.url));
    rules = prepared(await answer.json());
  }
  return rules;
}

function watch(field) {
  const labels = JSON.parse(field.dataset.guard);
  const note = document.createElement("div");
  note.setAttribute("role", "status");
  note.className = "guard-note";
  note.id = `${field.id}_guard`;
  field.after(note);
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") || ""} ${note.id}`.trim());
  let waiting = 0;
  const look = async () => {
    const text = clean(field.value);
    const lines = findHits(text, await rulesOnce()).map((hit) => {
      const line = document.createElement("p");
      line.className = hit.certain ? "guard-certain" : "guard-doubt";
      const words = document.createElement("mark");
      words.textContent = text.slice(hit.start, hit.end);
      line.append(words, ` – ${labels[hit.kind]}. ${hit.certain ? labels.certain : labels.doubt}`);
      return line;
    });
    note.replaceChildren(...lines);
  };
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 400);
  });
  if (field.value) look();
}

const watchAll = () =>
  document.querySelectorAll("[data-guard]:not([data-guarded])").forEach((field) => {
    field.dataset.guarded = "true";
    watch(field);
  });
watchAll();
document.addEventListener("htmx:afterSettle", watchAll);
