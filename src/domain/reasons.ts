/**
 * The closed list of refusals: what a rule can say no with. The order is precedence: where several
 * apply to one command, the rules give the one that stands first. HTTP statuses are in
 * `http/problems.ts`; what a client should do is in docs/outcomes.md, in this order.
 */
export const REASONS = [
  'QUEUE_TOKEN_INVALID',
  'QUEUE_FULL',
  'QUEUE_ENTRY_NOT_FOUND',
  'CONCERT_NOT_FOUND',
  'DRAW_ALREADY_ANNOUNCED',
  'DRAW_IN_THE_PAST',
  'WEBHOOK_NOT_FOUND',
  'SCHEDULE_NOT_FOUND',
  'SEAT_NOT_FOUND',
  'BOOKING_NOT_FOUND',
  'NOT_BOOKING_OWNER',
  'BOOKING_NOT_STARTED',
  'BOOKING_CLOSED',
  'SEAT_ALREADY_SOLD',
  'SEAT_ALREADY_HELD',
  'NO_ADJACENT_SEATS',
  'SEAT_LIMIT_REACHED',
  'PAYMENT_ALREADY_PROCESSED',
  'BOOKING_CANCELLED',
  'HOLD_EXPIRED',
  'CANCELLATION_CLOSED',
  'INSUFFICIENT_POINTS',
  'IDEMPOTENCY_KEY_REUSED',
] as const;

export type Reason = (typeof REASONS)[number];

/** A rule's no. `detail` is for people; `about` names the thing when the request had several. */
export interface Refusal {
  readonly code: Reason;
  readonly detail: string;
  readonly about?: Readonly<Record<string, number>>;
}

/** A rule's answer: the change that it allows, or its refusal. */
export type Decision<Change> =
  | { readonly refusal: Refusal; readonly change?: never }
  | { readonly change: Change; readonly refusal?: never };

export function refuse(
  code: Reason,
  detail: string,
  about?: Readonly<Record<string, number>>,
): { refusal: Refusal } {
  return { refusal: about ? { code, detail, about } : { code, detail } };
}
