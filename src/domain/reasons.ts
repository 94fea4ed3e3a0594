/**
 * All codes with which a rule can refuse a command, in order of precedence: if several apply to one command, the rules
 * give the first. `http/problems.ts` maps them to HTTP statuses; docs/outcomes.md, in the same order, says what a
 * client should do.
 */
export const REASONS = [
  'ORDER_NOT_FOUND',
  'BOOKING_NOT_FOUND',
  'REFUND_NOT_FOUND',
  'CALL_NOT_FOUND',
  'NOT_ORDER_OWNER',
  'NOT_BOOKING_OWNER',
  'SCHEDULE_CANCELLED',
  'PAYMENT_ALREADY_PROCESSED',
  'ORDER_CANCELLED',
  'BOOKING_CANCELLED',
  'HOLD_EXPIRED',
  'BOOKING_IN_ORDER',
  'CHECKOUT_OPEN',
  'NOTHING_TO_PAY',
  'QUEUE_TOKEN_INVALID',
  'QUEUE_TOKEN_WRONG_QUEUE',
  'QUEUE_NOT_FOUND',
  'QUEUE_FULL',
  'QUEUE_ENTRY_NOT_FOUND',
  'CONCERT_NOT_FOUND',
  'CONCERT_HAS_QUEUE',
  'HALL_NOT_FOUND',
  'HALL_CHANGED',
  'CATEGORY_NOT_FOUND',
  'CATEGORY_WITHOUT_PRICE',
  'ADMISSION_CEILING_EXCEEDED',
  'DRAW_NOT_FOUND',
  'DRAW_ALREADY_STARTED',
  'DRAW_ALREADY_ANNOUNCED',
  'DRAW_ALREADY_GATHERING',
  'DRAW_IN_THE_PAST',
  'DRAW_TOO_SOON',
  'DRAW_TOO_FAR_AHEAD',
  'WEBHOOK_NOT_FOUND',
  'SCHEDULE_NOT_FOUND',
  'CANCELLATION_NOT_FOUND',
  'SALE_STARTED',
  'SCHEDULE_TIMES_INVALID',
  'SEAT_NOT_FOUND',
  'AREA_NOT_FOUND',
  'SALE_CLOSED',
  'BOOKING_NOT_STARTED',
  'BOOKING_CLOSED',
  'SEAT_ALREADY_SOLD',
  'AREA_SOLD_OUT',
  'SEAT_ALREADY_HELD',
  'AREA_HELD',
  'NO_ADJACENT_SEATS',
  'SEAT_RESERVED',
  'COMPANION_ALONE',
  'SEAT_LIMIT_REACHED',
  'TICKET_WRONG_SCHEDULE',
  'TICKET_REVOKED',
  'TICKET_ALREADY_USED',
  'CANCELLATION_CLOSED',
  'REFUND_NOT_FAILED',
  'CALL_NOT_DEAD',
  'CHECKOUT_LIMIT_REACHED',
  'INSUFFICIENT_POINTS',
  'IDEMPOTENCY_KEY_REUSED',
] as const;

export type Reason = (typeof REASONS)[number];

/** A refusal. `detail` is a sentence for people; `about` identifies the item if the request had several. */
export interface Refusal {
  readonly code: Reason;
  readonly detail: string;
  readonly about?: Readonly<Record<string, number | string>>;
}

/** The result of a rule: the change to make, or the refusal. */
export type Decision<Change> =
  | { readonly refusal: Refusal; readonly change?: never }
  | { readonly change: Change; readonly refusal?: never };

/** Of several refusals of one command, the one whose reason stands first; of those with the same reason, the first. */
export function firstOf(refusals: readonly Refusal[]): Refusal | undefined {
  const places = refusals.map(({ code }) => REASONS.indexOf(code));
  return refusals[places.indexOf(Math.min(...places))];
}

export function refuse(
  code: Reason,
  detail: string,
  about?: Readonly<Record<string, number | string>>,
): { refusal: Refusal } {
  return { refusal: about ? { code, detail, about } : { code, detail } };
}
