// A text written beside other forms is kept while they are sent: in this tab alone, until it is sent.
document.querySelectorAll("[data-keep]").forEach((holder) => {
  const name = `samlad ${holder.dataset.keep}`;
  const text = holder.querySelector("textarea");
  const kept = sessionStorage.getItem(name);
  if (kept !== null && !holder.querySelector("[aria-invalid=true]")) text.value = kept;
  text.addEventListener("input", () => sessionStorage.setItem(name, text.value));
  text.form.addEventListener("submit", () => sessionStorage.removeItem(name));
});
