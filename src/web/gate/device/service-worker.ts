/**
 * The service worker of the gate's page. It answers for the files of one version, so that the page opens without a network. The
 * server puts the list before this text (src/http/static/gate.ts); a new version is a new list, and so a new worker.
 */

/** What the server puts in front. */
declare const MANIFEST: { version: string; page: string; files: readonly string[] };

/** The part of a service worker's globals that is used here; the library of types for workers contradicts that of pages. */
interface WorkerGlobals {
  location: Location;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(
    name: 'install' | 'activate' | 'fetch',
    listen: (event: {
      request: Request;
      waitUntil(work: Promise<unknown>): void;
      respondWith(response: Promise<Response>): void;
    }) => void,
  ): void;
}
const worker = globalThis as unknown as WorkerGlobals;

const PREFIX = 'seatlane-gate ';
const CACHE = PREFIX + MANIFEST.version;

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== worker.location.origin) return;
  if (pathname === MANIFEST.page || MANIFEST.files.includes(pathname)) {
    event.respondWith(cached(pathname, request));
  }
});

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll([MANIFEST.page, ...MANIFEST.files]);
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

async function cached(pathname: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(pathname, { ignoreVary: true })) ?? fetch(request);
}
