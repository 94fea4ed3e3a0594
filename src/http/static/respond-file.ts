/** Responds with a static file: compressed as the client accepts it, or 304 if the client has it. */
import type { Context } from 'hono';
import type { WebFile } from './web-file.ts';

/** The page must be asked for each time, because it names the version of its files. */
export const REVALIDATE = 'no-cache';

export function respondFile(
  c: Context,
  file: WebFile,
  cacheControl: string,
  further: Record<string, string> = {},
): Response {
  const headers = {
    ETag: file.etag,
    'Cache-Control': cacheControl,
    Vary: 'Accept-Encoding',
    ...further,
  };
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
