/**
 * Answers as plain `Response`s with a plain record of headers: the server writes those as they are,
 * while headers set through Hono's context are copied and checked two times on the way out.
 */

const JSON_TYPE = 'application/json';
const ALWAYS = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' };

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
}

export function respondJson(body: object, { status = 200, headers = {} }: Answer = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': JSON_TYPE, ...ALWAYS, ...headers },
  });
}
