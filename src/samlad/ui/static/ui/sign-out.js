// Before signing out: reports that wait on this phone are asked about first.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.action.endsWith("/konto/logout/") || form.id === "ut-form") return;
  sessionStorage.clear();
  if (form.dataset.asked || !indexedDB.databases) return;
  event.preventDefault();
  form.dataset.asked = "true";
  count().then((waiting) => {
    if (waiting) location.assign("/rapportera/?lamna");
    else form.submit();
  });
});

async function count() {
  try {
    if (!(await indexedDB.databases()).some((one) => one.name === "samlad")) return 0;
    return await new Promise((resolve) => {
      const asked = indexedDB.open("samlad");
      asked.onerror = () => resolve(0);
      asked.onsuccess = () => {
        const both = asked.result.transaction(["waiting", "kept"], "readwrite");
        const kept = both.objectStore("kept").get("lists");
        const rows = both.objectStore("waiting").getAll();
        let own = 0;
        rows.onsuccess = () => {
          own = rows.result.filter((row) => row.user === kept.result?.lists.user).length;
          if (!own) both.objectStore("kept").clear();
        };
        both.oncomplete = () => resolve(own);
        both.onerror = () => resolve(0);
      };
    });
  } catch {
    return 0;
  }
}
