/** What clients hear whose requests no route ever sees: broken HTTP, headers that are too large, and slow senders. */
import { type ProblemCode, problemAnswer } from './problems.ts';

const REFUSALS = {
  malformed: ['MALFORMED_REQUEST', 'The request cannot be read as HTTP; look at its headers.'],
  tooSlow: ['REQUEST_TIMEOUT', 'The request did not arrive in time.'],
  headersTooLarge: ['HEADERS_TOO_LARGE', 'The headers are too large.'],
} as const satisfies Record<string, readonly [ProblemCode, detail: string]>;

/** The answer to a request that cannot be read. */
export function refuseUnreadable(why: keyof typeof REFUSALS): Response {
  const [code, detail] = REFUSALS[why];
  return problemAnswer(code, { detail });
}
