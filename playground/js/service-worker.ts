// Keeps the site, so that it works offline after the first visit. All files are of one version: a new one is fetched whole before it is used.
// What is large or seldom asked for is kept when it is first used. A page that was opened before a new version came may get that of the new one: who
// takes it checks that it fits.
export {};
declare const self: ServiceWorkerGlobalScope;

const NAME = `gal-playground-${SITE_VERSION}`;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && new URL(request.url).origin === location.origin && request.url.startsWith(self.registration.scope)) {
    event.respondWith(answer(request));
  }
});

async function install(): Promise<void> {
  const cache = await caches.open(NAME);
  // Past the HTTP cache, which may have files of another version.
  await cache.addAll(SITE_FILES.map((file) => new Request(file, { cache: "reload" })));
  await self.skipWaiting();
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("gal-playground-") && name !== NAME).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  const found = await cache.match(request, { ignoreSearch: true });
  if (found) return found;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}
