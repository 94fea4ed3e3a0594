/** Requests as a buyer's client sends them: they are retried when the API asks for that, and commands are followed to their outcome. */
import http from 'k6/http';
import { requestsRetried } from './metrics.js';
import { BASE_URL } from './settings.js';

const TRIES_MAX = 20;
const WAIT_SECONDS = 20;
const REQUEST_TIMEOUT = '60s';

// A refusal is an answer, so k6 must not count it in http_req_failed.
http.setResponseCallback(http.expectedStatuses({ min: 200, max: 299 }, 404, 409));

/** Waits without blocking the other requests of the journey, as k6's own `sleep` would. @param seconds may have a fraction */
export function pause(seconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
  });
}

/**
 * Sends a request, and sends it again while the answer is 429 or 503 or does not come.
 * @param request `name` stands for its address in k6's results, `path` begins with a slash
 * @returns k6's response
 * @throws Error if it is not answered in 20 tries
 */
export async function send({ method = 'GET', name, path, headers = {}, body }) {
  const json = body ? { 'Content-Type': 'application/json' } : {};
  const params = {
    headers: { ...headers, ...json },
    tags: { name: `${method} ${name || path}` },
    timeout: REQUEST_TIMEOUT,
  };
  const text = body ? JSON.stringify(body) : null;
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const response = await http.asyncRequest(method, BASE_URL + path, text, params);
    if (![0, 429, 503].includes(response.status)) return response;
    requestsRetried.add(1);
    // Clients that were put off together must not return together.
    await pause(Number(response.headers['Retry-After'] || 1) * (1 + Math.random() / 4));
  }
  throw new Error(`${method} ${path} was not answered in ${TRIES_MAX} tries.`);
}

/**
 * Reads a resource.
 * @returns its body, or undefined if it does not exist
 * @throws Error if the request is refused
 */
export async function read(request) {
  const response = await send(request);
  if (response.status === 404) return undefined;
  if (response.status !== 200) throw unexpected(request, response);
  return response.json();
}

/**
 * Sends a command and waits for its outcome.
 * @param request as for `send`, with `key`, its idempotency key
 * @returns `{ result }`, or `{ code }` if a rule said no
 * @throws Error if there is no outcome
 */
export async function command({ key, headers, ...request }) {
  const waiting = { ...headers, Prefer: `wait=${WAIT_SECONDS}` };
  const sent = { method: 'POST', ...request, headers: { ...waiting, 'Idempotency-Key': key } };
  let response = await send(sent);
  while (response.status === 200 || response.status === 202) {
    const job = response.json();
    if (job.state === 'succeeded') return { result: job.result };
    if (job.problem) return { code: job.problem.code };
    await pause(Number(response.headers['Retry-After'] || 0.2));
    const poll = { name: '/jobs/ID', path: `/jobs/${job.id}`, headers: waiting };
    response = await send(poll);
  }
  if (response.status === 404 || response.status === 409) return { code: response.json().code };
  throw unexpected(sent, response);
}

/** As `command`, for commands that are never refused. @throws Error if it is refused */
export async function commandResult(request) {
  const { result, code } = await command(request);
  if (code) throw new Error(`${request.path} was refused: ${code}.`);
  return result;
}

function unexpected({ method = 'GET', path }, { status, body }) {
  return new Error(`${method} ${path} was answered ${status}: ${String(body).slice(0, 300)}`);
}
