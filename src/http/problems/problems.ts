/** The only map from what went wrong to an HTTP status, and the only place that builds problem answers. */
import type { OutcomeProblem } from '../../commands/command.ts';
import { respondJson } from '../respond.ts';

/** Every code with its status and title (RFC 9457): first those of rules, then those of HTTP itself. */
const PROBLEMS = {
  QUEUE_TOKEN_INVALID: [403, 'The queue token does not admit to booking'],
  QUEUE_FULL: [503, 'The waiting queue is full'],
  QUEUE_ENTRY_NOT_FOUND: [404, 'No place in the waiting queue'],
  CONCERT_NOT_FOUND: [404, 'Concert not found'],
  SCHEDULE_NOT_FOUND: [404, 'Schedule not found'],
  DRAW_NOT_FOUND: [404, 'No draw for this concert'],
  DRAW_ALREADY_ANNOUNCED: [409, 'The draw is announced already'],
  DRAW_IN_THE_PAST: [409, 'The draw would be in the past'],
  WEBHOOK_NOT_FOUND: [404, 'Webhook not found'],
  SEAT_NOT_FOUND: [404, 'Seat not found'],
  BOOKING_NOT_FOUND: [404, 'Booking not found'],
  NOT_BOOKING_OWNER: [403, 'The booking belongs to somebody else'],
  BOOKING_NOT_STARTED: [409, 'Booking has not started'],
  BOOKING_CLOSED: [409, 'Booking is closed'],
  SEAT_ALREADY_SOLD: [409, 'The seat is sold'],
  SEAT_ALREADY_HELD: [409, 'The seat is held'],
  NO_ADJACENT_SEATS: [409, 'Not that many seats side by side'],
  SEAT_LIMIT_REACHED: [409, 'No more seats for this user'],
  PAYMENT_ALREADY_PROCESSED: [409, 'The booking is paid already'],
  BOOKING_CANCELLED: [409, 'The booking is cancelled'],
  HOLD_EXPIRED: [409, 'The hold has run out'],
  CANCELLATION_CLOSED: [409, 'It is too late to cancel'],
  INSUFFICIENT_POINTS: [409, 'Not enough points'],
  IDEMPOTENCY_KEY_REUSED: [422, 'The idempotency key belongs to another request'],
  COMMAND_FAILED: [500, 'The command failed'],
  VALIDATION_FAILED: [400, 'The request is not valid'],
  MALFORMED_JSON: [400, 'The body is not JSON'],
  MALFORMED_REQUEST: [400, 'The request cannot be read'],
  REQUEST_TIMEOUT: [408, 'The request came too slowly'],
  HEADERS_TOO_LARGE: [431, 'The headers are too large'],
  TOKEN_NOT_PROVIDED: [401, 'No access token'],
  INVALID_TOKEN: [401, 'The access token is not valid'],
  TOKEN_EXPIRED: [401, 'The access token has expired'],
  LOGIN_REQUIRED: [401, 'No login, or a wrong one'],
  TOO_MANY_LOGINS: [429, 'Too many failed logins'],
  FORBIDDEN: [403, 'Not allowed'],
  QUEUE_TOKEN_REQUIRED: [403, 'No queue token'],
  NOT_FOUND: [404, 'Not found'],
  METHOD_NOT_ALLOWED: [405, 'The path does not take this method'],
  JOB_NOT_FOUND: [404, 'Job not found'],
  BODY_TOO_LARGE: [413, 'The body is too large'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'The body must be JSON'],
  RATE_LIMITED: [429, 'Too many commands of this user'],
  LANE_FULL: [503, 'Too many commands wait'],
  TOO_MANY_STREAMS: [503, 'Too many event streams'],
  ACCEPTANCE_UNKNOWN: [503, 'The command may have been accepted'],
  SERVICE_UNAVAILABLE: [503, 'Not available at the moment'],
  INTERNAL_ERROR: [500, 'Something went wrong'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[];

const TYPES = Object.fromEntries(
  PROBLEM_CODES.map((code) => [
    code,
    `urn:seatlane:problem:${code.toLowerCase().replaceAll('_', '-')}`,
  ]),
) as Record<ProblemCode, string>;

export interface ProblemDetails {
  detail: string;
  /** For validation: what is wrong where. */
  errors?: readonly { path: string; message: string }[];
  /** When to try again, in whole seconds. */
  retryAfterSeconds?: number;
  /** Where to look for what became of the request; goes into the header `Location`. */
  location?: string;
  /** More that names the thing, such as `jobId` or `seatId`. */
  [about: string]: unknown;
}

/** Thrown by whoever cannot go on with a request; app.ts answers it. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly details: ProblemDetails;
  constructor(code: ProblemCode, details: ProblemDetails) {
    super(details.detail);
    this.name = 'Problem';
    this.code = code;
    this.details = details;
  }
}

export function statusOf(code: ProblemCode): number {
  return PROBLEMS[code][0];
}

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

/** The body of a problem, as it goes out and as it stands in a job. */
export function problemBody(
  code: ProblemCode,
  details: { detail: string; [about: string]: unknown },
) {
  const [status, title] = PROBLEMS[code];
  return { type: TYPES[code], title, status, code, ...details };
}

/** The problem in a command's outcome. A code that this version does not know counts as a failure. */
export function outcomeProblem({ code, detail, ...about }: OutcomeProblem) {
  return problemBody(isProblemCode(code) ? code : 'COMMAND_FAILED', { detail, ...about });
}

export function problemAnswer(
  code: ProblemCode,
  details: ProblemDetails,
  headers: Record<string, string> = {},
): Response {
  const { retryAfterSeconds, location, ...shown } = details;
  const body = problemBody(code, shown);
  return respondJson(body, {
    status: body.status,
    headers: {
      'Content-Type': 'application/problem+json',
      ...(retryAfterSeconds !== undefined && { 'Retry-After': String(retryAfterSeconds) }),
      ...(location !== undefined && { Location: location }),
      ...(body.status === 401 && { 'WWW-Authenticate': 'Bearer' }),
      ...headers,
    },
  });
}
