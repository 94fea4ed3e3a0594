/** Serves the buyers' page at `/` and the operators' board at `/admin`. */
import type { Hono, MiddlewareHandler } from 'hono';
import { Problem } from '../problems/problems.ts';
import type { PublicSettings } from '../public-settings.ts';
import { mountGate } from './gate.ts';
import { LIBRARIES } from './libraries.ts';
import { pageGuard } from './page-guard.ts';
import { REVALIDATE, respondFile } from './respond-file.ts';
import { toWebFile, type WebFile } from './web-file.ts';
import { readTemplate, type WebFiles } from './web-files.ts';

export interface WebDeps {
  webFiles: WebFiles;
  /** Whether users sign in with only a name. */
  isDevIssuerOn: boolean;
  /** They are in the page, so that it needs no request for them. */
  settings: PublicSettings;
  /** The middleware that admits operators only; undefined disables the board. */
  login: MiddlewareHandler | undefined;
}

const HTML = 'text/html; charset=utf-8';
/** For URLs that contain the version: their content never changes. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

export function mountWeb(app: Hono, deps: WebDeps): void {
  const { version, files, importsOf } = deps.webFiles;
  const addressOf = (name: string) => `/app/${version}/${name}`;
  const importMapOf = (libraries: typeof LIBRARIES) =>
    JSON.stringify({
      imports: Object.fromEntries(
        Object.entries(libraries).map(([bare, [name]]) => [bare, addressOf(name)]),
      ),
    });
  const importMap = importMapOf(LIBRARIES);

  function page(template: string, entry: string, importMap: string): WebFile {
    const preloads = [entry, ...importsOf(entry)]
      .map((name) => `<link rel="modulepreload" href="${addressOf(name)}">`)
      .join('\n    ');
    const values: Record<string, string> = {
      importMap,
      preloads,
      files: `/app/${version}`,
      signIn: deps.isDevIssuerOn ? 'name' : 'token',
      settings: JSON.stringify(deps.settings).replaceAll('"', '&quot;'),
    };
    const text = readTemplate(template).replaceAll(/\{\{(\w+)\}\}/g, (_, key) => values[key] ?? '');
    return toWebFile(text, HTML);
  }

  const guard = pageGuard(importMap);

  const buy = page('index.html', 'web/main.ts', importMap);
  app.get('/', guard, (c) => respondFile(c, buy, REVALIDATE));
  app.get('/app/:version/:name{.+}', guard, (c) => {
    const { version: requested, name } = c.req.param();
    const file = files.get(name);
    if (!file) throw new Problem('NOT_FOUND', { detail: `No file exists at ${c.req.path}.` });
    return respondFile(c, file, requested === version ? IMMUTABLE : REVALIDATE);
  });
  mountGate(app, { page, importMapOf, addressOf, webFiles: deps.webFiles });

  if (!deps.login) return;
  const board = page('board.html', 'web/board/main.ts', importMap);
  app.get('/admin', deps.login, guard, (c) => respondFile(c, board, REVALIDATE));
}
