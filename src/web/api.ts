/** Calls the public API through the client, as the signed-in user. */
import { ProblemError, SeatlaneError, Unreachable } from '../client/errors.ts';
import type { SeatlaneOperator, SeatlaneOptions } from '../client/index.ts';
import { Seatlane } from '../client/seatlane.ts';
import { fetchWhenOnline } from './network.ts';
import { admission, changeTurn, signOut, turnOwner, user } from './session.ts';
import { makeStore } from './store.ts';

/** How long the API may wait for an outcome before it responds, in seconds. */
const WAIT_SECONDS = 10;
const SIGNED_OUT = new Set(['TOKEN_NOT_PROVIDED', 'INVALID_TOKEN', 'TOKEN_EXPIRED']);
const NOT_ADMITTED = new Set(['QUEUE_TOKEN_INVALID', 'QUEUE_TOKEN_REQUIRED']);

/** How often the API has refused a valid token because another queue admits: the concert has moved since it was read. */
export const wrongQueues = makeStore(0);

let Client = Seatlane as typeof SeatlaneOperator;

/** For pages of operators and gates. The page of buyers does without the methods of operators, and does not load them. */
export function setClient(made: typeof SeatlaneOperator): void {
  Client = made;
}

/** Whether the access token is of no use any more. */
export function isSignedOut(error: unknown): boolean {
  return SIGNED_OUT.has(codeOf(error) ?? '');
}

/** A client of the API from which the page was loaded. */
export function clientOf(options: Partial<SeatlaneOptions>): SeatlaneOperator {
  return new Client({
    baseUrl: '',
    fetch: fetchWhenOnline,
    waitSeconds: WAIT_SECONDS,
    ...options,
  });
}

/**
 * Calls the API with the user's access token and queue token. If one of them is refused, it is dropped before the error
 * is thrown: the user has to sign in, or to enter the queue, again.
 */
export async function callApi<Result>(
  call: (seatlane: SeatlaneOperator) => Promise<Result>,
  options: Partial<SeatlaneOptions> = {},
): Promise<Result> {
  const token = user.get()?.accessToken;
  const queueToken = admission.get()?.queueToken;
  const owner = turnOwner();
  try {
    return await call(clientOf({ token, queueToken, ...options }));
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (isSignedOut(error) && user.get()?.accessToken === token) signOut();
    if (NOT_ADMITTED.has(code) && owner) {
      changeTurn(owner, (known) => (known?.entry?.queueToken === queueToken ? null : known));
    }
    if (code === 'QUEUE_TOKEN_WRONG_QUEUE') wrongQueues.set(wrongQueues.get() + 1);
    throw error;
  }
}

/** The code of a problem, `UNREACHABLE` if there was no response, undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  const problem = problemOf(error);
  if (problem) return problem.code;
  return error instanceof SeatlaneError ? 'UNREACHABLE' : undefined;
}

/** The problem with which the API responded, also after the last retry. */
export function problemOf(error: unknown): ProblemError | undefined {
  const last = error instanceof Unreachable ? error.cause : error;
  return last instanceof ProblemError ? last : undefined;
}
