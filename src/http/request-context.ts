/** The request context: the ids that connect a request with its log lines, its command's job and its trace. */
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import type { RequestSpan } from '../observe/traces.ts';
import type { Deadline } from './deadline.ts';
import { headerOf } from './request.ts';

export interface RequestContext {
  /** The client's `X-Request-Id`, or a generated one. It is returned to the client and stored with the command. */
  readonly requestId: string;
  /** The job of the request's command, once it has one. */
  jobId?: string;
  /** Set once a route handles the request. */
  deadline?: Deadline;
  /** Set if the request is traced. */
  span?: RequestSpan | undefined;
}

/** The request ids accepted from clients: they end up in log lines and in Redis. */
const ACCEPTED_ID = /^[\w.:-]{1,100}$/;

/** A generated id is a random prefix per process and a counter. It need not be secret, only unique. */
const processPrefix = randomBytes(6).toString('base64url');
let generatedCount = 0;

/** Creates the context of a request and sets `X-Request-Id` on its response. */
export function openRequestContext(c: Context): RequestContext {
  const given = headerOf(c, 'x-request-id');
  const requestId = given !== undefined && ACCEPTED_ID.test(given) ? given : generateId();
  // Setting it on Node's response costs a fraction of setting it through Hono's headers.
  const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
  outgoing?.setHeader('X-Request-Id', requestId);
  return { requestId };
}

function generateId(): string {
  generatedCount += 1;
  return `${processPrefix}.${generatedCount.toString(36)}`;
}

/** The fields that every log line about a request carries. */
export function logFieldsOf({ requestId, jobId }: RequestContext): {
  requestId: string;
  jobId?: string;
} {
  return { requestId, ...(jobId !== undefined && { jobId }) };
}
