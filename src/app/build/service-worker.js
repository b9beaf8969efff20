/* Keeps the whole built page, so that it opens without a network. VERSION and FILES are put in by the build. */
/** Of this address: other copies of the page may live on the same host. */
const family = `fluxion ${registration.scope} `;
const cacheName = `${family}${VERSION}`;

addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      // Past the browser's own cache: files of two builds must not be mixed.
      .then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" })))),
  );
});

addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith(family) && name !== cacheName)
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => clients.claim()),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith(request.mode === "navigate" ? fromNetwork(request) : fromCache(request));
});

/** The page itself: the newest there is; its options stand in the query, which no file depends on. */
async function fromNetwork(request) {
  const answer = await fetch(request).catch(() => undefined);
  // A host that is out of order answers, too, but not with the page.
  if (answer && answer.status < 500) return answer;
  return (await caches.match("./", { ignoreSearch: true })) ?? answer ?? Response.error();
}

/** Everything else is named by its content, or changes only with it. */
async function fromCache(request) {
  return (await caches.match(request)) ?? fetch(request);
}
