/** Serves the buyers' page at `/` and the operators' board at `/admin`. */
import { hash } from 'node:crypto';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { Problem } from '../problems/problems.ts';
import { LIBRARIES, readTemplate, toWebFile, type WebFile, webFiles } from './web-files.ts';

export interface WebDeps {
  /** Whether users sign in with only a name. */
  isDevIssuerOn: boolean;
  /** Whether users may add points without money. */
  isChargingOpen: boolean;
  /** ISO 4217; undefined if nobody can pay by card. */
  cardCurrency: string | undefined;
  /** The middleware that admits operators only; undefined disables the board. */
  login: MiddlewareHandler | undefined;
}

const HTML = 'text/html; charset=utf-8';
/** For URLs that contain the version: their content never changes. */
const IMMUTABLE = 'public, max-age=31536000, immutable';
const REVALIDATE = 'no-cache';

export function mountWeb(app: Hono, deps: WebDeps): void {
  const { version, files, importsOf } = webFiles();
  const addressOf = (name: string) => `/app/${version}/${name}`;
  const importMap = JSON.stringify({
    imports: Object.fromEntries(
      Object.entries(LIBRARIES).map(([bare, [name]]) => [bare, addressOf(name)]),
    ),
  });

  function page(template: string, entry: string): WebFile {
    const preloads = [entry, ...importsOf(entry)]
      .map((name) => `<link rel="modulepreload" href="${addressOf(name)}">`)
      .join('\n    ');
    const values: Record<string, string> = {
      importMap,
      preloads,
      files: `/app/${version}`,
      signIn: deps.isDevIssuerOn ? 'name' : 'token',
      charging: deps.isChargingOpen ? 'open' : 'closed',
      cardCurrency: deps.cardCurrency ?? '',
    };
    const text = readTemplate(template).replaceAll(/\{\{(\w+)\}\}/g, (_, key) => values[key] ?? '');
    return toWebFile(text, HTML);
  }

  const guard = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", `'sha256-${hash('sha256', importMap, 'base64')}'`],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
      requireTrustedTypesFor: ["'script'"],
      trustedTypes: ["'none'"],
    },
    xFrameOptions: 'DENY',
  });

  const buy = page('index.html', 'web/main.ts');
  app.get('/', guard, (c) => respondFile(c, buy, REVALIDATE));
  app.get('/app/:version/:name{.+}', guard, (c) => {
    const { version: requested, name } = c.req.param();
    const file = files.get(name);
    if (!file) throw new Problem('NOT_FOUND', { detail: `No file exists at ${c.req.path}.` });
    return respondFile(c, file, requested === version ? IMMUTABLE : REVALIDATE);
  });

  if (!deps.login) return;
  const board = page('board.html', 'web/board/main.ts');
  app.get('/admin', deps.login, guard, (c) => respondFile(c, board, REVALIDATE));
}

function respondFile(c: Context, file: WebFile, cacheControl: string): Response {
  const headers = { ETag: file.etag, 'Cache-Control': cacheControl, Vary: 'Accept-Encoding' };
  if (isKnown(c.req.header('if-none-match'), file.etag)) {
    return new Response(null, { status: 304, headers });
  }
  const coding = bestCoding(c.req.header('accept-encoding') ?? '');
  const body = { br: file.brotli, gzip: file.gzip, identity: file.plain }[coding];
  return new Response(body, {
    headers: {
      ...headers,
      'Content-Type': file.type,
      'Content-Length': String(body.length),
      ...(coding !== 'identity' && { 'Content-Encoding': coding }),
    },
  });
}

/** Ignores the weak prefix, because a proxy that compresses the response turns the ETag into a weak one. */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  return (ifNoneMatch ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** Browsers list codings without weights, so a coding with a weight, such as `q=0`, is treated as not accepted. */
function bestCoding(acceptEncoding: string): 'br' | 'gzip' | 'identity' {
  const accepted = acceptEncoding.split(',').map((coding) => coding.trim().toLowerCase());
  return (['br', 'gzip'] as const).find((coding) => accepted.includes(coding)) ?? 'identity';
}
