/**
 * What the sandbox does with a request. Each method decides and changes the state without waiting, so no two requests
 * interleave; the server answers when the journal is on disk.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { EpochMs } from '../../src/commands/epoch-ms.ts';
import type { Books, Checkout, KeptAnswer } from './books.ts';
import { isFinal, isOverdue, type PageAction, refuseRefund, stateAfter } from './checkouts.ts';
import type { EventSender } from './events.ts';
import { type ActiveFaults, fateOf, isRefundRefused } from './faults.ts';
import type { CheckoutRequest, IdempotencyMark, Journal, JournalLine } from './journal.ts';

export interface RefundRequest {
  ref: string;
  amount: number;
  refundId: number;
}

export interface SandboxDeps {
  books: Books;
  journal: Journal;
  events: EventSender;
  faults: ActiveFaults;
  now(): EpochMs;
}

/** The address of a payment page is the permission to pay, so it must not be guessable. */
const REF_BYTES = 16;

export class SandboxProvider {
  readonly #deps: SandboxDeps;

  constructor(deps: SandboxDeps) {
    this.#deps = deps;
  }

  /** @returns `reused` if the idempotency key was used for another request */
  open(request: CheckoutRequest, idempotencyKey: string): KeptAnswer | 'reused' {
    const mark = markOf('open', request, idempotencyKey);
    const earlier = this.#deps.books.answerTo(mark);
    if (earlier) return earlier;
    const ref = newRef('chk');
    this.#write({ kind: 'opened', at: this.#at(), ref, ...request, ...mark });
    return { ref };
  }

  /** The checkout in its present state: one whose time has passed expires now. Undefined if there is none. */
  find(ref: string): Checkout | undefined {
    const { books, now } = this.#deps;
    const checkout = books.checkouts.get(ref);
    if (checkout && isOverdue(checkout, now())) this.#end(checkout, 'expired');
    return checkout;
  }

  /** Expires a checkout, unless it is over already. @returns undefined if there is none */
  expire(ref: string): Checkout | undefined {
    const checkout = this.find(ref);
    if (checkout && !isFinal(checkout.state)) this.#end(checkout, 'expired');
    return checkout;
  }

  /**
   * Carries out what the buyer posted.
   * @returns false if the page does not offer the action in this state, and nothing was changed
   */
  act(checkout: Checkout, action: PageAction): boolean {
    const next = stateAfter(checkout.state, action);
    if (next === undefined) return false;
    if (next === checkout.state) return true;
    if (next === 'challenged') {
      this.#write({ kind: 'challenged', at: this.#at(), ref: checkout.ref });
    } else if (next !== 'open') this.#end(checkout, next === 'paid' ? 'captured' : next);
    return true;
  }

  /**
   * Refunds a captured amount or a part of it.
   * @returns the reference of the refund, the code of a refusal for good, or `reused`
   */
  refund(request: RefundRequest, idempotencyKey: string): KeptAnswer | 'reused' {
    const { books, faults } = this.#deps;
    const mark = markOf('refund', request, idempotencyKey);
    const earlier = books.answerTo(mark);
    if (earlier) return earlier;
    const { ref, amount, refundId } = request;
    const isCardClosed = isRefundRefused(books.refundsTried + 1, faults.current);
    const refusal = refuseRefund(books.checkouts.get(ref), amount);
    const code = refusal ?? (isCardClosed ? 'CARD_CLOSED' : undefined);
    if (code !== undefined) {
      this.#write({ kind: 'refusedRefund', at: this.#at(), code, ...mark });
      return { code };
    }
    const refundRef = newRef('ref');
    this.#write({ kind: 'refunded', at: this.#at(), ref, refundRef, refundId, amount, ...mark });
    return { ref: refundRef };
  }

  #end(checkout: Checkout, kind: 'captured' | 'failed' | 'expired'): void {
    const { books, events, faults } = this.#deps;
    const eventId = newRef('evt');
    const fate = fateOf(books.events.size + 1, faults.current);
    this.#write({ kind, at: this.#at(), ref: checkout.ref, eventId, fate });
    const event = books.events.get(eventId);
    if (event) events.plan(event);
  }

  #write(line: JournalLine): void {
    this.#deps.books.apply(line);
    this.#deps.journal.append(line);
  }

  #at(): string {
    return new Date(this.#deps.now()).toISOString();
  }
}

const newRef = (prefix: string) => `${prefix}_${randomBytes(REF_BYTES).toString('base64url')}`;

/** @param request validated, so that its fields have one order */
function markOf(method: string, request: object, idempotencyKey: string): IdempotencyMark {
  const text = `${method} ${JSON.stringify(request)}`;
  return { idempotencyKey, request: createHash('sha256').update(text).digest('base64url') };
}
