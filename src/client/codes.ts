/**
 * All problem codes of the API, so that the compiler checks a caller's comparisons. They are repeated here because
 * browsers must not load the server's modules; a test keeps both lists equal.
 */

export const REFUSAL_CODES = [
  'ORDER_NOT_FOUND',
  'BOOKING_NOT_FOUND',
  'NOT_ORDER_OWNER',
  'NOT_BOOKING_OWNER',
  'PAYMENT_ALREADY_PROCESSED',
  'ORDER_CANCELLED',
  'BOOKING_CANCELLED',
  'HOLD_EXPIRED',
  'BOOKING_IN_ORDER',
  'QUEUE_TOKEN_INVALID',
  'QUEUE_TOKEN_WRONG_QUEUE',
  'QUEUE_NOT_FOUND',
  'QUEUE_FULL',
  'QUEUE_ENTRY_NOT_FOUND',
  'CONCERT_NOT_FOUND',
  'CONCERT_HAS_QUEUE',
  'ADMISSION_CEILING_EXCEEDED',
  'DRAW_ALREADY_ANNOUNCED',
  'DRAW_IN_THE_PAST',
  'WEBHOOK_NOT_FOUND',
  'SCHEDULE_NOT_FOUND',
  'SEAT_NOT_FOUND',
  'BOOKING_NOT_STARTED',
  'BOOKING_CLOSED',
  'SEAT_ALREADY_SOLD',
  'SEAT_ALREADY_HELD',
  'NO_ADJACENT_SEATS',
  'SEAT_LIMIT_REACHED',
  'CANCELLATION_CLOSED',
  'INSUFFICIENT_POINTS',
  'IDEMPOTENCY_KEY_REUSED',
] as const;

/** The codes of a `Refusal`: why a rule refused a command. */
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** All codes: those of refusals, and those of the HTTP layer. */
export const PROBLEM_CODES = [
  ...REFUSAL_CODES,
  'DRAW_NOT_FOUND',
  'COMMAND_FAILED',
  'VALIDATION_FAILED',
  'MALFORMED_JSON',
  'MALFORMED_REQUEST',
  'REQUEST_TIMEOUT',
  'HEADERS_TOO_LARGE',
  'TOKEN_NOT_PROVIDED',
  'INVALID_TOKEN',
  'TOKEN_EXPIRED',
  'LOGIN_REQUIRED',
  'TOO_MANY_LOGINS',
  'FORBIDDEN',
  'QUEUE_TOKEN_REQUIRED',
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'JOB_NOT_FOUND',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'RATE_LIMITED',
  'LANE_FULL',
  'TOO_MANY_STREAMS',
  'ACCEPTANCE_UNKNOWN',
  'SERVICE_UNAVAILABLE',
  'INTERNAL_ERROR',
] as const;

export type ProblemCode = (typeof PROBLEM_CODES)[number];
