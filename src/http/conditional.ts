/** Conditional requests: clients keep a copy of a response, and ask whether it is still current before they use it again. */
import { hash } from 'node:crypto';
import type { Context } from 'hono';
import type { CachedBody } from './cached-body.ts';
import { acceptsGzip, headerOf } from './request.ts';

/** For what changes all the time: a copy must be validated before each use. */
const VALIDATED = 'private, no-cache';

/** A strong ETag (RFC 9110, 8.8.3) that follows from the content alone. */
export function etagOf(content: string | Uint8Array): string {
  return `"${hash('sha256', content, 'base64url').slice(0, 22)}"`;
}

/** The headers of a response of which clients may keep a copy. */
export function cacheHeaders(etag: string, cacheControl = VALIDATED): Record<string, string> {
  return { ETag: etag, 'Cache-Control': cacheControl, Vary: 'Accept-Encoding, Origin' };
}

/** The response to a client that has the current version; undefined if it has another, or none. */
export function notModified(
  c: Context,
  etag: string,
  cacheControl = VALIDATED,
): Response | undefined {
  if (!hasEtag(headerOf(c, 'if-none-match'), etag)) return undefined;
  return new Response(null, { status: 304, headers: cacheHeaders(etag, cacheControl) });
}

/**
 * Responds with a JSON body, or with 304 to a client that has its current version. It is compressed if the client accepts gzip.
 * @param cacheControl how long a copy may be used; by default it must be validated before each use
 */
export async function respondCached(
  c: Context,
  cached: CachedBody,
  { cacheControl = VALIDATED }: { cacheControl?: string } = {},
): Promise<Response> {
  const unchanged = notModified(c, cached.etag, cacheControl);
  if (unchanged) return unchanged;
  const headers = {
    ...cacheHeaders(cached.etag, cacheControl),
    'Content-Type': 'application/json',
  };
  const gzipped = acceptsGzip(c) ? await cached.gzipped() : undefined;
  if (!gzipped) return new Response(cached.body, { headers });
  return new Response(gzipped, { headers: { ...headers, 'Content-Encoding': 'gzip' } });
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2). */
function hasEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return ifNoneMatch.split(',').some((tag) => opaque(tag) === opaque(etag));
}
