/** The public API as the page uses it: by the client, in the name of whoever is signed in. */
import {
  ProblemError,
  SeatlaneError,
  SeatlaneOperator,
  type SeatlaneOptions,
  Unreachable,
} from '../client/index.ts';
import { sendOnLine } from './line.ts';
import { admission, signOut, user } from './session.ts';

/** How long the server may hold an answer back until the outcome is there, in seconds. */
const WAIT_SECONDS = 10;
const SIGNED_OUT = new Set(['TOKEN_NOT_PROVIDED', 'INVALID_TOKEN', 'TOKEN_EXPIRED']);
const NOT_ADMITTED = new Set(['QUEUE_TOKEN_INVALID', 'QUEUE_TOKEN_REQUIRED']);

/** A client of the API that served the page. */
export function clientOf(options: Partial<SeatlaneOptions>): SeatlaneOperator {
  return new SeatlaneOperator({
    ...{ baseUrl: '', fetch: sendOnLine, waitSeconds: WAIT_SECONDS },
    ...options,
  });
}

/**
 * Asks as the signed-in and admitted user. Who turns out to be neither any more is signed out, or sent back to
 * the queue, before the error comes.
 */
export async function ask<Answer>(
  call: (seatlane: SeatlaneOperator) => Promise<Answer>,
  options: Partial<SeatlaneOptions> = {},
): Promise<Answer> {
  const token = user.get()?.accessToken;
  const queueToken = admission.get()?.queueToken;
  try {
    return await call(clientOf({ token, queueToken, ...options }));
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (SIGNED_OUT.has(code) && user.get()?.accessToken === token) signOut();
    if (NOT_ADMITTED.has(code) && admission.get()?.queueToken === queueToken) admission.set(null);
    throw error;
  }
}

/** The code of a no, `UNREACHABLE` where nobody answered, undefined for anything else that is thrown. */
export function codeOf(error: unknown): string | undefined {
  const problem = problemOf(error);
  if (problem) return problem.code;
  return error instanceof SeatlaneError ? 'UNREACHABLE' : undefined;
}

/** What the API said no with, at last. */
export function problemOf(error: unknown): ProblemError | undefined {
  const last = error instanceof Unreachable ? error.cause : error;
  return last instanceof ProblemError ? last : undefined;
}
