/**
 * A client as ours ought to be: every command has an idempotency key, and whatever goes wrong on the way is
 * tried again under the same key, at the next API process, until there is a definite answer.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PATIENCE_MS } from '../wait-for.ts';

/** The outcome of a command as far as its client knows it. */
export type Answer =
  | { state: 'succeeded'; jobId: string; result: any }
  | { state: 'rejected'; jobId: string; code: string; seatId?: number }
  | { state: 'failed'; jobId: string }
  /** Redis was emptied: the accepted job is no longer known. */
  | { state: 'lost'; jobId: string }
  /** The command was not accepted: the API refused the request. */
  | { state: 'refused'; code: string };

/** The current addresses of the API. Tests change them when processes start and stop. */
export interface Door {
  readonly urls: readonly string[];
  /** Whether an accepted job may be unknown later. */
  mayLoseJobs: boolean;
  /** The number of retried requests, by the reason. */
  retries: Record<string, number>;
}

export interface Sender {
  token: string;
  queueToken?: string | undefined;
}

const RETRY_MS = 40;
const WAIT = { Prefer: 'wait=5' };
/** The request can be retried: its outcome is not known. */
const TRY_AGAIN = new Set([429, 502, 503, 504]);

interface Response {
  status: number;
  body: any;
}

let turn = 0;

/** Sends a command until its outcome is known. @throws Error if there is no outcome in time */
export async function sendCommand(
  door: Door,
  sender: Sender,
  { method, path, body }: { method: string; path: string; body?: object },
): Promise<Answer> {
  const headers = { ...WAIT, 'Idempotency-Key': randomUUID() };
  const request = { method, path, headers, ...(body && { body }) };
  const { status, body: answer } = await insist(door, sender, request);
  if (status === 202) {
    const outcome = await outcomeOf(door, sender, answer.id);
    // Half of the customers give up a lost command; the others send it again with the same key.
    if (outcome.state !== 'lost' || Math.random() < 0.5) return outcome;
    await insist(door, sender, request);
    return outcomeOf(door, sender, answer.id);
  }
  if (status === 200) return toAnswer(answer);
  if (answer.jobId === undefined) return { state: 'refused', code: answer.code };
  if (answer.code === 'COMMAND_FAILED') return { state: 'failed', jobId: answer.jobId };
  return { state: 'rejected', jobId: answer.jobId, code: answer.code, seatId: answer.seatId };
}

async function outcomeOf(door: Door, sender: Sender, jobId: string): Promise<Answer> {
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end) {
    const path = `/jobs/${jobId}`;
    const { status, body } = await insist(door, sender, { method: 'GET', path, headers: WAIT });
    if (status === 404 && door.mayLoseJobs) return { state: 'lost', jobId };
    if (status !== 200) throw new Error(`GET ${path} answered ${status} ${body.code}`);
    if (body.finishedAt !== null) return toAnswer(body);
  }
  throw new Error(`The job ${jobId} has no outcome after ${PATIENCE_MS} ms.`);
}

function toAnswer({ id: jobId, state, result, problem }: any): Answer {
  if (state === 'succeeded') return { state, jobId, result };
  if (state === 'failed') return { state, jobId };
  return { state, jobId, code: problem.code, seatId: problem.seatId };
}

/** Reads until there is a definite response. */
export async function read(door: Door, sender: Sender, path: string): Promise<Response> {
  return insist(door, sender, { method: 'GET', path });
}

async function insist(
  door: Door,
  { token, queueToken }: Sender,
  request: { method: string; path: string; headers?: Record<string, string>; body?: object },
): Promise<Response> {
  const headers = {
    Authorization: `Bearer ${token}`,
    ...(queueToken && { 'Queue-Token': queueToken }),
    ...(request.body && { 'Content-Type': 'application/json' }),
    ...request.headers,
  };
  const end = performance.now() + PATIENCE_MS;
  let last = 'nothing was tried';
  while (performance.now() < end) {
    turn += 1;
    const url = door.urls[turn % door.urls.length];
    try {
      const response = await fetch(`${url}${request.path}`, {
        method: request.method,
        headers,
        ...(request.body && { body: JSON.stringify(request.body) }),
      });
      const body: any = await response.json();
      if (!TRY_AGAIN.has(response.status)) return { status: response.status, body };
      last = body.code;
    } catch (error) {
      last = 'connection lost';
      if (url === undefined) last = 'no API process';
      else if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    }
    door.retries[last] = (door.retries[last] ?? 0) + 1;
    await sleep(RETRY_MS * (1 + Math.random()));
  }
  throw new Error(`${request.method} ${request.path}: no answer in time; the last was ${last}.`);
}
