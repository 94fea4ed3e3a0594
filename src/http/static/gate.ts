/** Serves the page of a gate at `/gate`, with the policy and the service worker that it alone has. */
import type { Hono } from 'hono';
import { GATE_LIBRARIES, LIBRARIES, ZXING_WASM } from './libraries.ts';
import { pageGuard } from './page-guard.ts';
import { REVALIDATE, respondFile } from './respond-file.ts';
import { toWebFile, type WebFile } from './web-file.ts';
import type { WebFiles } from './web-files.ts';

export interface GatePageDeps {
  page(template: string, entry: string, importMap: string): WebFile;
  importMapOf(libraries: typeof LIBRARIES): string;
  /** The address of a file of this version. */
  addressOf(name: string): string;
  webFiles: WebFiles;
}

const PAGE = '/gate';
const ENTRY = 'web/gate/main.ts';
const WORKER = 'web/gate/device/service-worker.ts';
const STYLES = ['web/styles/base.css', 'web/styles/gate.css', 'web/icon.svg'];

export function mountGate(app: Hono, deps: GatePageDeps): void {
  const { page, importMapOf, addressOf } = deps;
  const { version, files, importsOf } = deps.webFiles;
  const importMap = importMapOf({ ...LIBRARIES, ...GATE_LIBRARIES });
  const guard = pageGuard(importMap, {
    // `wasm-unsafe-eval` permits WebAssembly alone, which reads QR codes where the browser cannot.
    scriptSrc: ["'wasm-unsafe-eval'"],
    workerSrc: ["'self'"],
    // The one policy names the service worker's address.
    trustedTypes: ['seatlane-gate'],
    permissionsPolicy: { camera: ['self'] },
  });

  const html = page('gate.html', ENTRY, importMap);
  const cached = [ENTRY, ...importsOf(ENTRY), ...STYLES, ZXING_WASM].map(addressOf);
  // The page also has settings in it, so its own bytes belong to the version of the worker's cache.
  const manifest = { version: `${version} ${html.etag}`, page: PAGE, files: cached };
  const code = new TextDecoder().decode(files.get(WORKER)?.plain);
  const worker = toWebFile(
    `const MANIFEST = ${JSON.stringify(manifest)};\n${code}`,
    'text/javascript; charset=utf-8',
  );

  app.get(PAGE, guard, (c) => respondFile(c, html, REVALIDATE));
  // By default a worker answers only for addresses below its own.
  app.get(`${PAGE}/sw.js`, guard, (c) =>
    respondFile(c, worker, REVALIDATE, { 'Service-Worker-Allowed': PAGE }),
  );
}
