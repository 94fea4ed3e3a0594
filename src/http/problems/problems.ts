/** Maps every problem code to its HTTP status and title, and builds all problem responses. */
import type { OutcomeProblem } from '../../commands/command.ts';
import { respondJson } from '../respond.ts';

/** Every code with its status and title (RFC 9457): first the domain's rules, then HTTP. */
const PROBLEMS = {
  ORDER_NOT_FOUND: [404, 'Order not found'],
  BOOKING_NOT_FOUND: [404, 'Booking not found'],
  REFUND_NOT_FOUND: [404, 'Card refund not found'],
  CALL_NOT_FOUND: [404, 'Call to a payment provider not found'],
  NOT_ORDER_OWNER: [403, 'Order belongs to another user'],
  NOT_BOOKING_OWNER: [403, 'Booking belongs to another user'],
  SCHEDULE_CANCELLED: [409, 'Performance cancelled'],
  PAYMENT_ALREADY_PROCESSED: [409, 'Already paid'],
  ORDER_CANCELLED: [409, 'Order cancelled'],
  BOOKING_CANCELLED: [409, 'Booking cancelled'],
  HOLD_EXPIRED: [409, 'Hold expired'],
  BOOKING_IN_ORDER: [409, 'Booking belongs to an order with others'],
  CHECKOUT_OPEN: [409, 'Payment page still open'],
  NOTHING_TO_PAY: [409, 'Nothing to pay'],
  QUEUE_TOKEN_INVALID: [403, 'Queue token invalid or no longer active'],
  QUEUE_TOKEN_WRONG_QUEUE: [403, 'Queue token is of another queue'],
  QUEUE_NOT_FOUND: [404, 'Waiting queue not found'],
  QUEUE_FULL: [503, 'Waiting queue full'],
  QUEUE_ENTRY_NOT_FOUND: [404, 'Queue entry not found'],
  CONCERT_NOT_FOUND: [404, 'Concert not found'],
  CONCERT_HAS_QUEUE: [409, 'Concert has a queue of its own'],
  HALL_NOT_FOUND: [404, 'Hall not found'],
  HALL_CHANGED: [409, 'Hall changed meanwhile'],
  CATEGORY_NOT_FOUND: [404, 'Category not found'],
  CATEGORY_WITHOUT_PRICE: [400, 'Category without a price'],
  ADMISSION_CEILING_EXCEEDED: [409, 'Ceiling of active users exceeded'],
  SCHEDULE_NOT_FOUND: [404, 'Schedule not found'],
  CANCELLATION_NOT_FOUND: [404, 'Performance is not cancelled'],
  SALE_STARTED: [409, 'Sale started'],
  SCHEDULE_TIMES_INVALID: [409, 'Times of the performance out of order'],
  DRAW_NOT_FOUND: [404, 'Draw not found'],
  DRAW_ALREADY_ANNOUNCED: [409, 'Draw already announced'],
  DRAW_ALREADY_STARTED: [409, 'Draw already started'],
  DRAW_ALREADY_GATHERING: [409, 'Users already gather for the draw'],
  DRAW_IN_THE_PAST: [409, 'Draw time in the past'],
  DRAW_TOO_SOON: [409, 'Draw time too soon'],
  DRAW_TOO_FAR_AHEAD: [409, 'Draw time too far ahead'],
  WEBHOOK_NOT_FOUND: [404, 'Webhook not found'],
  SEAT_NOT_FOUND: [404, 'Seat not found'],
  AREA_NOT_FOUND: [404, 'Area not found'],
  SALE_CLOSED: [409, 'Sale closed'],
  BOOKING_NOT_STARTED: [409, 'Booking not started'],
  BOOKING_CLOSED: [409, 'Booking closed'],
  SEAT_ALREADY_SOLD: [409, 'Seat already sold'],
  AREA_SOLD_OUT: [409, 'Area sold out'],
  SEAT_ALREADY_HELD: [409, 'Seat already held'],
  AREA_HELD: [409, 'Places of the area are held'],
  NO_ADJACENT_SEATS: [409, 'Not enough adjacent seats'],
  SEAT_RESERVED: [409, 'Seat reserved'],
  COMPANION_ALONE: [409, 'Companion seat without an accessible seat'],
  SEAT_LIMIT_REACHED: [409, 'Seat limit reached'],
  TICKET_WRONG_SCHEDULE: [409, 'Ticket is for another schedule'],
  TICKET_REVOKED: [409, 'Ticket revoked'],
  TICKET_ALREADY_USED: [409, 'Ticket already used'],
  CANCELLATION_CLOSED: [409, 'Cancellation closed'],
  REFUND_NOT_FAILED: [409, 'Card refund has not failed'],
  CALL_NOT_DEAD: [409, 'Call to a payment provider is not dead'],
  CHECKOUT_LIMIT_REACHED: [409, 'Too many card payments begun'],
  INSUFFICIENT_POINTS: [409, 'Not enough points'],
  IDEMPOTENCY_KEY_REUSED: [422, 'Idempotency key reused'],
  COMMAND_FAILED: [500, 'Command failed'],
  IMAGE_NOT_FOUND: [404, 'Concert has no picture'],
  USER_NOT_FOUND: [404, 'User not found'],
  TICKET_NOT_FOUND: [404, 'Ticket not found'],
  TICKET_INVALID: [400, 'Not the code of a ticket'],
  TOKENS_ISSUED_ELSEWHERE: [409, 'Identity provider issues the access tokens'],
  CHECKOUT_NOT_FOUND: [404, 'Checkout not found'],
  PROVIDER_NOT_FOUND: [404, 'Payment provider not found'],
  PROVIDER_SIGNATURE_INVALID: [400, 'Signature of the event invalid'],
  VALIDATION_FAILED: [400, 'Request validation failed'],
  MALFORMED_JSON: [400, 'Malformed JSON'],
  MALFORMED_REQUEST: [400, 'Malformed request'],
  REQUEST_TIMEOUT: [408, 'Request timeout'],
  HEADERS_TOO_LARGE: [431, 'Request headers too large'],
  TOKEN_NOT_PROVIDED: [401, 'Access token missing'],
  INVALID_TOKEN: [401, 'Access token invalid'],
  TOKEN_EXPIRED: [401, 'Access token expired'],
  LOGIN_REQUIRED: [401, 'Login required'],
  TOO_MANY_LOGINS: [429, 'Too many failed logins'],
  FORBIDDEN: [403, 'Forbidden'],
  QUEUE_TOKEN_REQUIRED: [403, 'Queue token missing'],
  NOT_FOUND: [404, 'Not found'],
  METHOD_NOT_ALLOWED: [405, 'Method not allowed'],
  JOB_NOT_FOUND: [404, 'Job not found'],
  BODY_TOO_LARGE: [413, 'Request body too large'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'Unsupported media type'],
  RATE_LIMITED: [429, 'Rate limit exceeded'],
  LANE_FULL: [503, 'Too many pending commands'],
  TOO_MANY_STREAMS: [503, 'Too many event streams'],
  ACCEPTANCE_UNKNOWN: [503, 'Command may have been accepted'],
  SERVICE_UNAVAILABLE: [503, 'Service unavailable'],
  INTERNAL_ERROR: [500, 'Internal error'],
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
  /** Validation errors. */
  errors?: readonly { path: string; message: string }[];
  /** The value of the `Retry-After` header, in whole seconds. */
  retryAfterSeconds?: number;
  /** The value of the `Location` header: the path of the resource that shows what became of the request. */
  location?: string;
  /** Further fields that identify the affected resource, such as `jobId` or `seatId`. */
  [about: string]: unknown;
}

/** An error with a problem response. Code that rejects a request throws it; `errorResponse` turns it into the response. */
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

/** The body of a problem, in a response or in a job. */
export function problemBody(
  code: ProblemCode,
  details: { detail: string; [about: string]: unknown },
) {
  const [status, title] = PROBLEMS[code];
  return { type: TYPES[code], title, status, code, ...details };
}

/** The problem of a command's outcome. A code unknown to this version becomes COMMAND_FAILED. */
export function outcomeProblem({ code, detail, ...about }: OutcomeProblem) {
  return problemBody(isProblemCode(code) ? code : 'COMMAND_FAILED', { detail, ...about });
}

export function problemResponse(
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
      // The rest of the request must not be taken for the next one, and its sender must not go on.
      ...(body.status === 408 && { Connection: 'close' }),
      ...(body.status === 401 && { 'WWW-Authenticate': challengeFor(code) }),
      ...headers,
    },
  });
}

/** The challenge of a 401 (RFC 6750, section 3.1: an error code only if the request had a token). */
function challengeFor(code: ProblemCode): string {
  return code === 'TOKEN_NOT_PROVIDED' ? 'Bearer' : 'Bearer error="invalid_token"';
}
