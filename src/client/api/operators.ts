/** What operators send and receive, besides the resources of buyers. */
import type { PageOptions } from '../options.ts';
import type { Draw } from './inputs.ts';

export interface Admission {
  queueId: number;
  isPaused: boolean;
  /** Users gather for a draw, and none is admitted. */
  isGathering: boolean;
  isSoldOut: boolean;
  /** Users per window. */
  admitLimit: number;
  admitWindowSeconds: number;
  maxActive: number;
  waiting: number;
  active: number;
  /** Inactive users: they are skipped until they poll again. */
  passedOver: number;
  lastAdmitted: number;
  admittedLastMinute: number;
}

/** A missing field leaves its value unchanged; null restores the configured value. */
export interface AdmissionSettings {
  /** Default: the house queue. */
  queueId?: number | undefined;
  isPaused?: boolean | undefined;
  /** Users per window. */
  admitLimit?: number | null | undefined;
  admitWindowSeconds?: number | null | undefined;
  maxActive?: number | null | undefined;
}

/** The values that operators have set; null where the configured value applies. */
export interface AdmissionOverrides {
  queueId: number;
  isPaused: boolean;
  admitLimit: number | null;
  admitWindowSeconds: number | null;
  maxActive: number | null;
}

export interface NewDraw {
  /** From then on users enter the queue, and no user is admitted. */
  gathersAt: string;
  /** When the order is drawn and admission starts. */
  opensAt: string;
}

/** A draw as it is announced, moved or cancelled. */
export interface AnnouncedDraw
  extends Pick<
    Draw,
    'concertId' | 'queueId' | 'seedHash' | 'gathersAt' | 'opensAt' | 'cancelledAt'
  > {
  drawId: number;
}

/** The events that a webhook can receive besides the outcomes of commands. */
export type WebhookEvent =
  | 'hold-expired'
  | 'user-admitted'
  | 'entry-expired'
  | 'entry-unclaimed'
  | 'entry-away'
  | 'entry-sold-out'
  | 'entry-closed'
  | 'draw-made';

export interface Webhook {
  id: number;
  url: string;
  /** The commands whose outcomes are sent; null for all. */
  commands: string[] | null;
  events: WebhookEvent[];
  createdAt: string;
}

/** A command of an operator that succeeded. */
export interface OperatorLogLine {
  id: number;
  /** The operator. */
  subject: string;
  command: string;
  jobId: string;
  /** null where the command has no reason. */
  reason: string | null;
  /** What the command changed, as it was before; null if it only added something. */
  before: object | null;
  /** The result of the command. */
  after: object;
  createdAt: string;
}

/** How far the orders of a cancelled performance are refunded. */
export interface Cancellation {
  /** The orders concerned that were paid, or charged to a card too late: `refunded`, `pending` and `failed` together. */
  orders: number;
  /** Those whose money is back, on a card or in points. */
  refunded: number;
  /** Those that have not ended, or whose refund to a card is on its way. */
  pending: number;
  /** Those that could not be ended, which each pass tries again, or whose refund to a card has failed. */
  failed: number;
  /** The held orders that have not ended yet. */
  holds: number;
  /** Whether all orders have ended and are refunded, and none can be added any more. */
  isFinished: boolean;
  /** The first 100 orders that could not be ended. `refunds` lists refunds to cards that failed. */
  failures: { orderId: number; failedAt: string }[];
}

/**
 * A refund to a card. `failed`: the provider has refused it, and it is still owed. Operators have ended it as `credited`, in points, or
 * as `elsewhere`.
 */
export interface CardRefund {
  id: number;
  checkoutId: number;
  /** null for a top-up. */
  orderId: number | null;
  /** In minor units of the currency; one is one point. */
  amount: number;
  currency: string;
  state: 'pending' | 'done' | 'failed' | 'credited' | 'elsewhere';
  /** From 1. */
  attempt: number;
  /** Why it has failed, in the words of the provider. */
  failure: string | null;
  createdAt: string;
  endedAt: string | null;
}

/** A refund to a card in the list of operators. */
export interface ListedCardRefund extends CardRefund {
  /** The user. */
  subject: string;
  provider: 'sandbox' | 'stripe';
  /** The provider's id of the payment; null if it has not told one. */
  paymentRef: string | null;
}

/** A page of the refunds in a state, or of all. */
export interface RefundOptions extends PageOptions {
  state?: CardRefund['state'] | undefined;
}

/** How an operator ends a refund that failed. */
export interface RefundEnd {
  /** In points, or outside this system. */
  as: 'points' | 'elsewhere';
  /** For the log; up to 200 characters. */
  reason: string;
}

export interface BlockedSeats {
  seatIds: number[];
  blockedReason: string | null;
}
