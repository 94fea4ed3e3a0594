/** Responses to requests that never reach a route: malformed HTTP, oversized headers and slow senders. */
import { type ProblemCode, problemResponse } from './problems.ts';

const REFUSALS = {
  malformed: ['MALFORMED_REQUEST', 'The request is not valid HTTP; check its headers.'],
  tooSlow: ['REQUEST_TIMEOUT', 'The request did not arrive in time.'],
  headersTooLarge: ['HEADERS_TOO_LARGE', 'The request headers are too large.'],
} as const satisfies Record<string, readonly [ProblemCode, detail: string]>;

/** The response to a request that Node could not parse or receive. */
export function refuseUnreadable(reason: keyof typeof REFUSALS): Response {
  const [code, detail] = REFUSALS[reason];
  return problemResponse(code, { detail });
}
