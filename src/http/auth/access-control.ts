/** What a request needs before it is read: a valid access token, room within the rate limit, and perhaps a queue token. */
import type { Context } from 'hono';
import type { RateLimit } from '../../lanes/rate-limit/rate-limit.ts';
import { Problem } from '../problems/problems.ts';
import type { QueueView } from '../queue/view.ts';
import { authorizationOf, headerOf } from '../request.ts';
import type { AccessTokens, Caller } from './access-tokens.ts';
import type { AdmittedPlace, QueueTokens } from './queue-tokens.ts';

export interface AccessDeps {
  accessTokens: AccessTokens;
  queueTokens: QueueTokens;
  queueView: QueueView;
  rateLimit: RateLimit;
  /** In ms since 1970, by PostgreSQL's clock. */
  now(): number;
}

/**
 * The user whom the access token names.
 * @throws Problem TOKEN_NOT_PROVIDED, and those of AccessTokens.check
 */
export async function authenticate(c: Context, { accessTokens, now }: AccessDeps): Promise<Caller> {
  const token = /^bearer +([\w.~+/=-]+) *$/i.exec(authorizationOf(c))?.[1];
  if (token === undefined) {
    const detail = 'Send an access token: `Authorization: Bearer TOKEN`.';
    throw new Problem('TOKEN_NOT_PROVIDED', { detail });
  }
  return accessTokens.check(token, now());
}

/**
 * Counts a request to a command's route, before anything else of it is read: refused requests cost work too.
 * @throws Problem RATE_LIMITED
 */
export function countCommand({ subject }: Caller, { rateLimit }: AccessDeps): void {
  const retryAfterSeconds = rateLimit.admit(subject);
  if (retryAfterSeconds === 0) return;
  const detail = 'You sent too many commands. This one was not accepted; try again later.';
  throw new Problem('RATE_LIMITED', { detail, retryAfterSeconds });
}

/**
 * The queue entry whose token came with a request. A payment ends its own token: a client that did not hear of the outcome
 * sends the same request again with a token that has ended, and must hear it then. So a command with an idempotency key
 * is not refused here but where it is known whether it is a retry.
 * @returns the entry, or why its token no longer admits
 * @throws Problem QUEUE_TOKEN_REQUIRED or QUEUE_TOKEN_INVALID
 */
export async function admissionOf(
  c: Context,
  caller: Caller,
  deps: AccessDeps & { isCommand: boolean },
): Promise<{ place?: AdmittedPlace; refusal?: Problem }> {
  try {
    return { place: await checkQueueToken(c, caller, deps) };
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
  { queueTokens, queueView, now }: AccessDeps,
): Promise<AdmittedPlace> {
  const token = headerOf(c, 'queue-token');
  if (!token) {
    const detail = 'Wait in the queue first: `POST /users/queue`, then send `Queue-Token: TOKEN`.';
    throw new Problem('QUEUE_TOKEN_REQUIRED', { detail });
  }
  const place = await queueTokens.check(token, caller.subject, now());
  if (await queueView.isActive(place)) return place;
  const detail = 'The queue token is no longer active.';
  throw new Problem('QUEUE_TOKEN_INVALID', { detail });
}
