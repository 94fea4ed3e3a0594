/** Answers requests that no route takes: preflights, OPTIONS, 405 where the path has other methods, else 404. */
import type { Context, Hono } from 'hono';
import type { Cors } from '../cors.ts';
import { problemAnswer } from './problems.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Answers a request for which `app` has no route. */
export function answerUnmatched(app: Hono, cors: Cors, c: Context): Response {
  const preflight = cors.preflight(c);
  if (preflight) return preflight;
  cors.allow(c);
  const { method, path } = c.req;
  const methods = methodsAt(app, path);
  if (methods.length === 0) {
    return problemAnswer('NOT_FOUND', { detail: `There is nothing at ${method} ${path}.` });
  }
  const headers = { Allow: methods.join(', ') };
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers });
  const detail = `${path} does not take ${method}; the header Allow names the methods that it takes.`;
  return problemAnswer('METHOD_NOT_ALLOWED', { detail }, headers);
}

/** The methods that a path has handlers for, as the header `Allow` lists them; none where nothing is there. */
function methodsAt(app: Hono, path: string): string[] {
  const found = METHODS.filter((method) => {
    const [handlers] = app.router.match(method, path);
    // Middleware is registered for all methods, and is no handler.
    return handlers.some(([[, route]]) => route.method !== 'ALL');
  });
  if (found.length === 0) return [];
  return [...found.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)), 'OPTIONS'];
}
