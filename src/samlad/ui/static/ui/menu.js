// An open group of the menu closes with Escape, and when something else is pressed.
const openGroup = () => document.querySelector(".app-nav details[open]");
document.addEventListener("keydown", (event) => {
  const group = event.key === "Escape" && openGroup();
  if (!group) return;
  group.open = false;
  group.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  const group = openGroup();
  if (group && !group.contains(event.target)) group.open = false;
});
