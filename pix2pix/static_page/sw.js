// The page's files for a visit without a network. Models and the runtime are kept by worker.js, which shows how
// far they are. The two headers let WebAssembly use several threads, on hosts that cannot send them too.

const VERSION = "$version";
const FILES = $files;
const MODELS = $models;

const [PAGE, MODEL] = [`pix2pix page ${registration.scope} ${VERSION}`, `pix2pix models ${registration.scope}`];
const here = (file) => new URL(file, registration.scope).href;

async function install() {
  const cache = await caches.open(PAGE);
  await cache.addAll(FILES.map((file) => new Request(here(file), { cache: "reload" })));
  await skipWaiting();
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith(`pix2pix page ${registration.scope} `) && name !== PAGE);
  await Promise.all(old.map((name) => caches.delete(name)));
  const cache = await caches.open(MODEL);
  const wanted = new Set(MODELS.map(here));
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
  await clients.claim();
}

async function answer(request) {
  const kept = request.mode === "navigate" ? here("index.html") : request;
  const cache = await caches.open(PAGE);
  const response = (await cache.match(kept, { ignoreSearch: request.mode === "navigate" })) || (await fetch(request));
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { method, url, mode } = event.request;
  const own = [registration.scope, here("index.html")].includes(url.split(/[?#]/)[0]);
  if (method === "GET" && url.startsWith(registration.scope) && (mode !== "navigate" || own)) event.respondWith(answer(event.request));
});
