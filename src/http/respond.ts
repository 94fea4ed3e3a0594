/**
 * Builds plain `Response`s with a plain record of headers. The Node adapter writes those unchanged, while it copies and
 * checks headers set through Hono's context twice.
 */

const JSON_TYPE = 'application/json';
const COMMON_HEADERS = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' };

export interface ResponseOptions {
  status?: number;
  headers?: Record<string, string>;
}

export function respondJson(
  body: object,
  { status = 200, headers = {} }: ResponseOptions = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': JSON_TYPE, ...COMMON_HEADERS, ...headers },
  });
}

/** A response with text of another type. */
export function respondText(
  body: string,
  type: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(body, { headers: { 'Content-Type': type, ...COMMON_HEADERS, ...headers } });
}
