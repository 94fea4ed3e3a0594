/** Responds to requests that match no route: preflights, OPTIONS, 405 if the path has other methods, otherwise 404. */
import type { Context, Hono } from 'hono';
import type { Cors } from '../cors.ts';
import { problemResponse } from './problems.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Responds to a request for which `app` has no route. */
export function unmatchedResponse(app: Hono, cors: Cors, c: Context): Response {
  const preflight = cors.preflight(c);
  if (preflight) return preflight;
  cors.allow(c);
  const { method, path } = c.req;
  const methods = methodsAt(app, path);
  if (methods.length === 0) {
    return problemResponse('NOT_FOUND', { detail: `No route matches ${method} ${path}.` });
  }
  const headers = { Allow: methods.join(', ') };
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers });
  const detail = `${path} does not support ${method}; see the Allow header for the supported methods.`;
  return problemResponse('METHOD_NOT_ALLOWED', { detail }, headers);
}

/** The methods that a path supports, for the `Allow` header; empty if the path does not exist. */
function methodsAt(app: Hono, path: string): string[] {
  const found = METHODS.filter((method) => {
    const [handlers] = app.router.match(method, path);
    // Middleware is registered for all methods and does not count as a handler.
    return handlers.some(([[, route]]) => route.method !== 'ALL');
  });
  if (found.length === 0) return [];
  return [...found.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)), 'OPTIONS'];
}
