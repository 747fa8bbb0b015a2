// What waits on the phone: kept in IndexedDB, one row a sending, each for one person alone.
const DAYS_KEPT = 14;

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("samlad", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("waiting", { keyPath: "key" });
      asked.result.createObjectStore("kept", { keyPath: "name" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function inStore(name, mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode);
      const asked = work(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const put = (row) => inStore("waiting", "readwrite", (store) => store.put(row));
export const remove = (key) => inStore("waiting", "readwrite", (store) => store.delete(key));
const everything = () => inStore("waiting", "readonly", (store) => store.getAll());

export async function waitingFor(user) {
  return (await everything())
    .filter((row) => row.user === user)
    .sort((one, other) => one.written_at.localeCompare(other.written_at));
}

// Rows no one has sent for a fortnight are erased; returns how many.
export async function forgetOld(now = Date.now()) {
  const old = (await everything()).filter(
    (row) => now - Date.parse(row.written_at) > DAYS_KEPT * 24 * 3600 * 1000,
  );
  for (const row of old) await remove(row.key);
  return old.length;
}

export async function forgetAllOf(user) {
  for (const row of await waitingFor(user)) await remove(row.key);
  await keepDrafts(user, []);
  await forgetLists();
}

// Events added to a report that is still being written: a closed tab loses none of them.
export const keepDrafts = (user, events) =>
  inStore("kept", "readwrite", (store) => store.put({ name: `drafts ${user}`, events }));
export async function keptDrafts(user) {
  const kept = await inStore("kept", "readonly", (store) => store.get(`drafts ${user}`));
  return kept?.events || [];
}

export const forgetLists = () =>
  inStore("kept", "readwrite", (store) => store.delete("lists"));

export const keepLists = (lists) =>
  inStore("kept", "readwrite", (store) => store.put({ name: "lists", lists }));
export async function keptLists() {
  return (await inStore("kept", "readonly", (store) => store.get("lists")))?.lists || null;
}

// Sends what waits, row by row, under the person it belongs to. What the server has taken is
// gone from the phone; what it refuses stays, with the reason. Returns what happened.
let sending = null;
export function sendAll(address, lists) {
  sending ||= navigator.locks
    ? navigator.locks.request("samlad-queue", () => sendEach(address, lists))
    : sendEach(address, lists);
  return sending.finally(() => {
    sending = null;
  });
}

async function sendEach(address, lists) {
  const told = { sent: 0, refused: 0, answer: "", why: "", reason: "", unreachable: false, signedOut: false, urgent: null, shift: false };
  const rows = (await waitingFor(lists.user)).filter((row) => !row.refused);
  for (const row of rows) {
    let answer;
    try {
      answer = await fetch(address, {
        method: "POST",
        credentials: "same-origin",
        redirect: "manual",
        headers: { "Content-Type": "application/json", "X-CSRFToken": lists.csrf },
        body: JSON.stringify(row),
      });
    } catch {
      told.unreachable = true;
      return told;
    }
    if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 401) {
      told.signedOut = true;
      return told;
    }
    let said = null;
    try {
      said = await answer.json();
    } catch {
      told.unreachable = true;
      return told;
    }
    if (answer.status >= 500) {
      told.unreachable = true;
      return told;
    }
    if (!answer.ok) {
      told.refused += 1;
      told.reason = said.title;
      await put({ ...row, refused: said.title });
      continue;
    }
    const refused = (said.events || []).filter((event) => event.state !== "in");
    told.sent += (said.events || []).length - refused.length;
    for (const event of said.events || []) {
      if (typeof event.urgent === "boolean") told.urgent = event.urgent;
    }
    if (said.shift?.state === "refused") {
      const why = Object.values(said.shift.errors).flat().join(" ");
      told.refused += 1;
      told.reason = why;
      await put({ ...row, refused: why });
      continue;
    }
    if (said.shift) told.shift = true;
    if (said.answer) Object.assign(told, { answer: said.answer, why: said.why || "" });
    if (!refused.length) {
      await remove(row.key);
      continue;
    }
    told.refused += refused.length;
    const keys = new Set(refused.map((event) => event.key));
    const why = refused.flatMap((event) => Object.values(event.errors).flat()).join(" ");
    told.reason = why;
    await put({ ...row, events: row.events.filter((event) => keys.has(event.key)), refused: why });
  }
  return told;
}
