/** The state of the sandbox, in memory. It changes only by lines of the journal: the same ones when it runs and when it is replayed. */
import type { EpochMs } from '../../src/commands/epoch-ms.ts';
import type { CheckoutState, FinalState } from './checkouts.ts';
import type { Fate } from './faults.ts';
import type { CheckoutRequest, IdempotencyMark, JournalLine } from './journal.ts';

export interface Checkout extends Omit<CheckoutRequest, 'expiresAt'> {
  ref: string;
  state: CheckoutState;
  expiresAt: EpochMs;
  /** In minor units of the currency, as `amount`. */
  captured: number;
  refunded: number;
}

/** An entry of `GET /v1/journal`: a change of money, or of the state of a checkout. */
export interface JournalEntry {
  at: string;
  kind: 'opened' | 'captured' | 'failed' | 'expired' | 'refunded';
  ref: string;
  key: string;
  checkoutId: number;
  amount: number;
  currency: string;
  refundId?: number;
}

/** What was answered to an idempotency key. */
export type KeptAnswer = { ref: string } | { code: string };

/** An event, with the sendings that the receiver has acknowledged. */
export interface PlannedEvent {
  id: string;
  state: FinalState;
  checkout: Checkout;
  at: string;
  fate: Fate;
  delivered: Set<number>;
}

export class Books {
  readonly checkouts = new Map<string, Checkout>();
  readonly events = new Map<string, PlannedEvent>();
  readonly entries: JournalEntry[] = [];
  readonly #answers = new Map<string, { request: string; answer: KeptAnswer }>();
  /** Refunds so far, refused ones included. */
  refundsTried = 0;

  /** @returns the earlier answer to the key; `reused` if it was used for another request */
  answerTo(mark: IdempotencyMark): KeptAnswer | 'reused' | undefined {
    const kept = this.#answers.get(mark.idempotencyKey);
    if (!kept) return undefined;
    return kept.request === mark.request ? kept.answer : 'reused';
  }

  /** Carries a line of the journal out. @throws Error if the line names a checkout or an event that does not exist */
  apply(line: JournalLine): void {
    switch (line.kind) {
      case 'opened': {
        const { kind, at, idempotencyKey, request, expiresAt, ...rest } = line;
        const checkout: Checkout = {
          ...rest,
          expiresAt: Date.parse(expiresAt),
          state: 'open',
          captured: 0,
          refunded: 0,
        };
        this.checkouts.set(line.ref, checkout);
        this.#enter(at, kind, checkout, checkout.amount);
        this.#keep(line, { ref: line.ref });
        return;
      }
      case 'challenged':
        this.#checkoutOf(line.ref).state = 'challenged';
        return;
      case 'captured':
      case 'failed':
      case 'expired':
        this.#end(line);
        return;
      case 'refunded': {
        const checkout = this.#checkoutOf(line.ref);
        checkout.refunded += line.amount;
        this.refundsTried += 1;
        this.#enter(line.at, line.kind, checkout, line.amount, line.refundId);
        this.#keep(line, { ref: line.refundRef });
        return;
      }
      case 'refusedRefund':
        this.refundsTried += 1;
        this.#keep(line, { code: line.code });
        return;
      case 'delivered':
        this.events.get(line.eventId)?.delivered.add(line.sending);
        return;
      default:
        line satisfies never;
        throw new Error(
          `The journal has a line of the unknown kind ${(line as JournalLine).kind}.`,
        );
    }
  }

  #end(line: Extract<JournalLine, { eventId: string; ref: string }>): void {
    const checkout = this.#checkoutOf(line.ref);
    checkout.state = line.kind === 'captured' ? 'paid' : line.kind;
    if (line.kind === 'captured') checkout.captured = checkout.amount;
    const { at, fate, eventId: id } = line;
    const { state } = checkout;
    this.events.set(id, { id, state, checkout, at, fate, delivered: new Set() });
    this.#enter(at, line.kind, checkout, checkout.amount);
  }

  #enter(
    at: string,
    kind: JournalEntry['kind'],
    { ref, key, checkoutId, currency }: Checkout,
    amount: number,
    refundId?: number,
  ): void {
    const entry = { at, kind, ref, key, checkoutId, amount, currency };
    this.entries.push(refundId === undefined ? entry : { ...entry, refundId });
  }

  #keep({ idempotencyKey, request }: IdempotencyMark, answer: KeptAnswer): void {
    this.#answers.set(idempotencyKey, { request, answer });
  }

  #checkoutOf(ref: string): Checkout {
    const checkout = this.checkouts.get(ref);
    if (!checkout)
      throw new Error(`The journal names the checkout ${ref}, which was never opened.`);
    return checkout;
  }
}
