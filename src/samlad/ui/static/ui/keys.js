// One key per decision: the key on a button inside the finding that has focus, or the first
// undecided one; in the group that is open before any other. Never while somebody is typing, and never with Ctrl, Alt or Meta.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const findings = [...document.querySelectorAll("[data-finding]")];
  if (!findings.length) return;
  const current = document.activeElement.closest("[data-finding]");
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") {
    const at = findings.indexOf(current) + (key === "j" ? 1 : -1);
    findings[Math.min(Math.max(at, 0), findings.length - 1)].focus();
    event.preventDefault();
    return;
  }
  const chosen = current || findings.find((one) => one.dataset.decision === "open");
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const opened = document.activeElement.closest("details[open]");
  const isShown = (one) => one.tagName === "SUMMARY" || !one.closest("details:not([open])");
  const button =
    opened?.querySelector(selector) ||
    [...(chosen?.querySelectorAll(selector) || [])].find(isShown) ||
    document.querySelector(`${selector}[data-anywhere]`);
  if (!button) return;
  event.preventDefault();
  chosen?.focus();
  button.click();
  if (button.tagName === "SUMMARY") {
    button.parentElement.querySelector("textarea, button")?.focus();
  }
});

// A decided finding is replaced by the server's; focus goes with it.
document.addEventListener("htmx:afterSwap", (event) => {
  const id = event.detail.requestConfig?.elt?.closest?.("[data-finding]")?.id;
  if (id) document.getElementById(id)?.focus();
});
