/**
 * Accepts the events of payment providers: verifies them, and enqueues what they tell as commands, under the event's id. A
 * provider repeats an event until it is answered 200, and the same event takes effect once.
 */
import type { Logger } from 'pino';
import type { Command } from '../../commands/command.ts';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { failureText } from '../../commands/money/failure.ts';
import { refundEnded } from '../../commands/money/refund-ended.ts';
import { settleCheckout } from '../../commands/money/settle-checkout.ts';
import type { ProviderName } from '../../commands/schemas/checkouts.ts';
import type { CheckoutReader } from '../../db/reads/money/checkouts.ts';
import type { Backlog } from '../../lanes/backlog.ts';
import { type LaneCounts, laneOf } from '../../lanes/lanes.ts';
import { checkoutKey, eventText, refundKey } from '../../lanes/payment-keys.ts';
import {
  type SystemCommands,
  type SystemRequest,
  systemJobId,
} from '../../lanes/system-commands.ts';
import { isServiceUnavailable } from '../../runtime/service-errors.ts';
import { Problem } from '../problems/problems.ts';
import {
  type CheckoutEvent,
  type ProviderEvent,
  type RefundEvent,
  SignatureInvalid,
} from './events.ts';
import { type EventReaders, readerOf } from './readers.ts';

export interface ProviderEventsDeps {
  readers: EventReaders;
  checkouts: Pick<CheckoutReader, 'find'>;
  findRefundJob(refundId: number): Promise<{ checkoutId: number; jobId: string } | undefined>;
  commands: Pick<SystemCommands, 'enqueue'>;
  backlog: Backlog;
  counts: LaneCounts;
  /** In ms since 1970, by PostgreSQL's clock. */
  now(): EpochMs;
  /** Counts an event about money of which this database knows nothing. */
  countUnknown(): void;
  log: Logger;
}

export interface ReceivedEvent {
  /** As in the path. */
  provider: string;
  /** The exact text that was received. */
  rawBody: string;
  headers: Headers;
}

export class ProviderEvents {
  readonly #deps: ProviderEventsDeps;

  constructor(deps: ProviderEventsDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves when the event is enqueued, or needs nothing.
   * @throws Problem PROVIDER_NOT_FOUND, PROVIDER_SIGNATURE_INVALID; LANE_FULL or SERVICE_UNAVAILABLE if the provider must repeat it
   */
  async accept(received: ReceivedEvent): Promise<void> {
    const event = this.#read(received);
    if (event === 'ignored') return;
    const provider = received.provider as ProviderName;
    const difference = await (event.about === 'checkout'
      ? this.#acceptCheckoutEvent(event, provider)
      : this.#acceptRefundEvent(event, provider));
    if (difference !== undefined) this.#noteUnknown(event, provider, difference);
  }

  /** @returns what tells the event's payment from the checkout with its id; undefined if they are the same */
  async #acceptCheckoutEvent(
    event: CheckoutEvent,
    provider: ProviderName,
  ): Promise<string | undefined> {
    const { id, checkoutId, key, outcome, ref, amount, currency } = event;
    const found = await this.#deps.checkouts.find(checkoutId);
    if (!found) return 'no such checkout';
    const { checkout, subject, jobId } = found;
    if (checkout.provider !== provider) return 'another provider';
    // The id was given out again after a failover.
    if (key !== checkoutKey({ id: checkoutId, jobId })) return 'another key';
    if (checkout.currency !== currency) return 'another currency';
    const captured = outcome === 'paid' ? { amount } : {};
    const { orderId } = checkout;
    const input = { checkoutId, orderId, key, provider, outcome, ref, ...captured };
    await this.#enqueue(settleCheckout, input, subject, eventText(provider, id));
    return undefined;
  }

  /** @returns what tells the event's refund from the one with its id; undefined if they are the same */
  async #acceptRefundEvent(
    event: RefundEvent,
    provider: ProviderName,
  ): Promise<string | undefined> {
    const { checkouts, findRefundJob } = this.#deps;
    const { id, checkoutId, refundId, attempt, key, failure, ref } = event;
    const [found, refund] = await Promise.all([
      checkouts.find(checkoutId),
      findRefundJob(refundId),
    ]);
    if (!found || refund?.checkoutId !== checkoutId) return 'no such refund';
    if (found.checkout.provider !== provider) return 'another provider';
    if (key !== refundKey({ ...refund, attempt })) return 'another key';
    const answer = { kind: 'failed', failure: failureText(failure, 'failed'), ref } as const;
    const input = { checkoutId, refundId, attempt, key, answer };
    await this.#enqueue(refundEnded, input, found.subject, eventText(provider, id));
    return undefined;
  }

  #read({ provider, rawBody, headers }: ReceivedEvent): ProviderEvent | 'ignored' {
    const reader = readerOf(this.#deps.readers, provider);
    try {
      return reader.readEvent(rawBody, headers, this.#deps.now());
    } catch (error) {
      if (!(error instanceof SignatureInvalid)) throw error;
      throw new Problem('PROVIDER_SIGNATURE_INVALID', { detail: error.message });
    }
  }

  /**
   * An event of another system on the same account, or of a checkout that a failover has lost. To repeat it would not help, so
   * it is answered 200. If it is about money, people have to look at the provider.
   */
  #noteUnknown(event: ProviderEvent, provider: string, difference: string): void {
    const { log, countUnknown } = this.#deps;
    const { id: eventId, checkoutId, key } = event;
    const told = event.about === 'checkout' ? { ref: event.ref, outcome: event.outcome } : {};
    const isMoney = event.about === 'refund' || event.outcome === 'paid';
    log[isMoney ? 'error' : 'warn'](
      { provider, eventId, checkoutId, key, difference, ...told },
      'A payment provider tells of a payment that is unknown here. The event changed nothing.',
    );
    if (isMoney) countUnknown();
  }

  async #enqueue<Input extends object>(
    command: Command<string, Input>,
    input: Input,
    subject: string,
    receiptText: string,
  ): Promise<void> {
    const { backlog, counts, now } = this.#deps;
    const lane = laneOf(command.laneKey(input, subject), counts);
    if (backlog.isFull(lane)) {
      throw new Problem('LANE_FULL', {
        detail: 'Too many commands are pending. The event was not accepted; send it again later.',
        retryAfterSeconds: backlog.retryAfterSeconds(lane),
      });
    }
    backlog.noteAdding(lane);
    try {
      await this.#add(command, input, { subject, receiptText, acceptedAt: now() });
    } finally {
      // It may be in the lane even if that failed.
      backlog.noteAdded(lane, systemJobId(lane, receiptText));
    }
  }

  async #add<Input extends object>(
    command: Command<string, Input>,
    input: Input,
    request: SystemRequest,
  ): Promise<void> {
    const { commands, log } = this.#deps;
    try {
      await commands.enqueue(command, input, request);
    } catch (error) {
      if (!isServiceUnavailable(error)) throw error;
      log.warn({ err: error }, 'Redis did not confirm an event of a payment provider.');
      const detail = 'The event may not have been enqueued. Send it again: it takes effect once.';
      throw new Problem('SERVICE_UNAVAILABLE', { detail, retryAfterSeconds: 1 });
    }
  }
}
