/** The checks before a request is read: access token, rate limit and, on queued routes, queue token. */
import type { Context } from 'hono';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import type { RateLimit } from '../../lanes/rate-limit/rate-limit.ts';
import { Problem } from '../problems/problems.ts';
import type { QueueEntries } from '../queue/entries.ts';
import { authorizationOf, headerOf } from '../request.ts';
import type { AccessTokens, Caller, Role } from './access-tokens.ts';
import type { AdmittedEntry, QueueTokens } from './queue-tokens.ts';

export interface AccessDeps {
  accessTokens: AccessTokens;
  queueTokens: QueueTokens;
  queueEntries: QueueEntries;
  rateLimit: RateLimit;
  /** In ms since 1970, by PostgreSQL's clock. */
  now(): EpochMs;
}

/** What a route requires of its caller. */
export interface RouteAccess {
  access: 'open' | 'user' | 'gate' | 'admin' | 'login';
  /** Set if the route enqueues a command. */
  outcome?: object;
}

const anonymous: Caller = { subject: '', name: undefined, role: undefined, isAdmin: false };

/**
 * Returns who sends a request: on routes without access tokens a placeholder, otherwise the user of the token, after the command was
 * counted and the role was checked.
 * @throws Problem FORBIDDEN, RATE_LIMITED, and those of `authenticate`
 */
export async function callerOf(
  c: Context,
  { access, outcome }: RouteAccess,
  deps: AccessDeps,
): Promise<Caller> {
  if (access === 'open' || access === 'login') return anonymous;
  const caller = await authenticate(c, deps);
  if (outcome) countCommand(caller, deps);
  if (access !== 'user') demandRole(caller, access);
  else if (outcome) refuseBoundToGate(caller);
  return caller;
}

/**
 * Returns the user named by the request's access token.
 * @throws Problem TOKEN_NOT_PROVIDED, and those of AccessTokens.check
 */
async function authenticate(c: Context, { accessTokens, now }: AccessDeps): Promise<Caller> {
  const token = /^bearer +([\w.~+/=-]+) *$/i.exec(authorizationOf(c))?.[1];
  if (token === undefined) {
    const detail = 'Send an access token: `Authorization: Bearer TOKEN`.';
    throw new Problem('TOKEN_NOT_PROVIDED', { detail });
  }
  return accessTokens.check(token, now());
}

/** Which roles may use a route. Operators may do what gates may. */
const PERMITTED = { admin: ['admin'], gate: ['gate', 'admin'] } as const;

function demandRole({ role }: Caller, access: keyof typeof PERMITTED): void {
  const permitted: readonly Role[] = PERMITTED[access];
  if (role && permitted.includes(role)) return;
  const names = permitted.map((each) => `\`${each}\``).join(' or ');
  throw new Problem('FORBIDDEN', { detail: `This request requires the role ${names}.` });
}

/**
 * The token of a gate is shown as a QR code, which others can photograph: it checks tickets of its performance, and buys nothing.
 * @throws Problem FORBIDDEN
 */
function refuseBoundToGate({ scheduleId }: Caller): void {
  if (scheduleId === undefined) return;
  const detail = `This access token is for the gates of performance ${scheduleId}, and for nothing else.`;
  throw new Problem('FORBIDDEN', { detail });
}

/**
 * Counts a command against the user's rate limit. It runs before the request is read, because rejected requests cost
 * work too.
 * @throws Problem RATE_LIMITED
 */
function countCommand({ subject }: Caller, { rateLimit }: AccessDeps): void {
  const retryAfterSeconds = rateLimit.admit(subject);
  if (retryAfterSeconds === 0) return;
  const detail =
    'You sent too many commands. This request was not accepted; send it again later. A command that was accepted before under the same idempotency key goes on.';
  throw new Problem('RATE_LIMITED', { detail, retryAfterSeconds });
}

/** What a route requires of the queue token. */
export interface TokenUse {
  isCommand: boolean;
  /** The worker decides what a token whose entry has ended still permits, as on payments. */
  acceptsEnded: boolean;
}

/**
 * Returns the queue entry named by the request's queue token. A client that missed the outcome of a command may retry it
 * after its entry has ended, and must still get the outcome. So a command with an idempotency key is not rejected here,
 * but later, once it is known whether it is a retry.
 * @returns the entry, or the reason why its token no longer admits
 * @throws Problem QUEUE_TOKEN_REQUIRED or QUEUE_TOKEN_INVALID
 */
export async function admissionOf(
  c: Context,
  caller: Caller,
  deps: AccessDeps & TokenUse,
): Promise<{ entry?: AdmittedEntry; refusal?: Problem }> {
  try {
    return { entry: await checkQueueToken(c, caller, deps) };
  } catch (error) {
    const mayBeRetry = deps.isCommand && headerOf(c, 'idempotency-key') !== undefined;
    const hasEnded = error instanceof Problem && error.code === 'QUEUE_TOKEN_INVALID';
    if (!mayBeRetry || !hasEnded) throw error;
    return { refusal: error };
  }
}

async function checkQueueToken(
  c: Context,
  caller: Caller,
  { queueTokens, queueEntries, acceptsEnded }: AccessDeps & TokenUse,
): Promise<AdmittedEntry> {
  const token = headerOf(c, 'queue-token');
  if (!token) {
    const detail =
      'Enter the waiting queue of the concert with `POST /queues/QUEUE/entry`, where QUEUE is its `queueId`, then send `Queue-Token: TOKEN`.';
    throw new Problem('QUEUE_TOKEN_REQUIRED', { detail });
  }
  const entry = await queueTokens.check(token, caller.subject);
  if (acceptsEnded) {
    queueEntries.noteClaimed(entry.id);
    return entry;
  }
  if (await queueEntries.isActive(entry)) return entry;
  const detail = 'The queue token is no longer active.';
  throw new Problem('QUEUE_TOKEN_INVALID', { detail });
}

/** Operators read without a queue token: they prepare and watch sales before anyone is admitted. */
export const needsQueueToken = (
  { isQueued, method }: { isQueued?: boolean; method: string },
  { isAdmin }: Caller,
): boolean => isQueued === true && !(isAdmin && method === 'get');
