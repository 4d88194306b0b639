/**
 * Keeps the shell of the player – page, scripts, styles – so that it starts without the server. Content never passes here:
 * it is verified and stored by the player itself. The server fills in version and files.
 */

const VERSION = "{{version}}";
/** @type {string[]} */
const FILES = JSON.parse(`{{files}}`);
const PREFIX = "bangtin-shell-";
const CACHE = `${PREFIX}${VERSION}`;
const PAGE = "./";

const worker = /** @type {any} */ (self);

/** All files or none: a version that is not whole is never used. */
async function install() {
  const cache = await caches.open(CACHE);
  const wanted = [PAGE, ...FILES.map((file) => `./${VERSION}/${file}`)];
  await cache.addAll(wanted.map((url) => new Request(url, { cache: "reload" })));
  const page = await (await cache.match(PAGE))?.text();
  if (!page?.includes(`./${VERSION}/`)) {
    await caches.delete(CACHE);
    throw new Error("the server changed its version meanwhile");
  }
  await worker.skipWaiting();
}

/** The version before stays until the next change, for a page that still runs on it. */
async function activate() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** @type {Promise<Cache> | undefined} opened once for all the files of a start */
let opened;

/** @param {Request} request */
async function answer(request) {
  opened ??= caches.open(CACHE);
  const cache = await opened;
  if (request.mode === "navigate") return (await cache.match(PAGE)) ?? fetch(request);
  const { href } = new URL(request.url);
  return (await cache.match(href)) ?? (await caches.match(href)) ?? fetch(request);
}

/**
 * The files of this version come straight from its cache, where the browser can do that: some forty scripts of a start need
 * not pass through here. One that is not there is asked of the server, as below.
 * @param {any} event
 */
function route(event) {
  const { pathname } = new URL(`./${VERSION}/`, worker.registration.scope);
  return event.addRoutes?.({ condition: { requestMethod: "get", urlPattern: { pathname: `${pathname}*` } }, source: { cacheName: CACHE } });
}

worker.addEventListener("install", (/** @type {any} */ event) => {
  // A browser that cannot follow the route asks here for every file, as it does without one.
  event.waitUntil(Promise.resolve(route(event)).catch(() => {}));
  event.waitUntil(install());
});
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const scope = new URL(worker.registration.scope);
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return;
  const page = request.mode === "navigate";
  if (page && url.pathname !== scope.pathname) return;
  event.respondWith(answer(request));
});
