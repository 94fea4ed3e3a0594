/** Conditional requests for what changes all the time: clients keep a copy, and ask each time whether it is still current. */
import { hash } from 'node:crypto';
import type { Context } from 'hono';
import { headerOf } from './request.ts';

/** A strong ETag (RFC 9110, 8.8.3) that follows from the content alone. */
export function etagOf(content: string | Uint8Array): string {
  return `"${hash('sha256', content, 'base64url').slice(0, 22)}"`;
}

/** The headers of a response that may be kept, and must be validated before each use. */
export function cacheHeaders(etag: string): Record<string, string> {
  return { ETag: etag, 'Cache-Control': 'private, no-cache', Vary: 'Accept-Encoding, Origin' };
}

/** The response to a client that has the current version; undefined if it has another, or none. */
export function notModified(c: Context, etag: string): Response | undefined {
  if (!hasEtag(headerOf(c, 'if-none-match'), etag)) return undefined;
  return new Response(null, { status: 304, headers: cacheHeaders(etag) });
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2). */
function hasEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return ifNoneMatch.split(',').some((tag) => opaque(tag) === opaque(etag));
}
