/** What identifies a request: in the log, in its command’s job, and to the client. */
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import type { RequestSpan } from '../observe/traces.ts';
import type { Deadline } from './deadline.ts';
import { headerOf } from './request.ts';

export interface RequestContext {
  /** Given by the client, else made here. It goes back to the client, and along with the command. */
  readonly requestId: string;
  /** The job of the request's command, once there is one. */
  jobId?: string;
  /** When the request has to be answered, on routes. */
  deadline?: Deadline;
  /** Where traces are taken. */
  span?: RequestSpan | undefined;
}

/** What an id from outside may be: it ends up in log lines and in Redis. */
const SANE = /^[\w.:-]{1,100}$/;

/** Ids are this process's own letters and a count: nobody guesses by them, they only have to differ. */
const letters = randomBytes(6).toString('base64url');
let made = 0;

/** Opens the context of a request, and gives the answer its `X-Request-Id`, whatever the answer will be. */
export function openRequestContext(c: Context): RequestContext {
  const given = headerOf(c, 'x-request-id');
  const requestId = given !== undefined && SANE.test(given) ? given : mint();
  // Straight onto Node's answer: through the answer's headers it would cost several times as much.
  const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
  outgoing?.setHeader('X-Request-Id', requestId);
  return { requestId };
}

function mint(): string {
  made += 1;
  return `${letters}.${made.toString(36)}`;
}

/** What log lines about a request carry. */
export function logFieldsOf({ requestId, jobId }: RequestContext): {
  requestId: string;
  jobId?: string;
} {
  return { requestId, ...(jobId !== undefined && { jobId }) };
}
