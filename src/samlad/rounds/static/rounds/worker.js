// Keeps the reporting page and what it is made of, so that it opens without a network.
// VERSION and SHELL stand above: written by the server, new with every version of the files.
const OPENS = "/rapportera/";

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(VERSION)
      .then((cache) =>
        Promise.all(
          SHELL.map(async (address) => {
            const answer = await fetch(address, { redirect: "error", credentials: "same-origin" });
            if (answer.ok) await cache.put(address, answer);
          }),
        ),
      )
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== VERSION).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (address.pathname === OPENS) event.respondWith(pageFirst(request));
  else if (request.mode === "navigate") event.respondWith(orThePage(request));
  else if (SHELL.includes(address.pathname)) event.respondWith(keptFirst(request));
});

// The page from the network, kept when it is the page; the kept one when there is no network.
async function pageFirst(request) {
  const cache = await caches.open(VERSION);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(OPENS, answer.clone());
    return answer;
  } catch {
    return (await cache.match(OPENS)) || Response.error();
  }
}

// Any other page needs a network: without one, the page to report from opens in its place.
async function orThePage(request) {
  try {
    return await fetch(request);
  } catch {
    return Response.redirect(OPENS);
  }
}

async function keptFirst(request) {
  const cache = await caches.open(VERSION);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}
