/** Sends the sandbox's events: signed, with retries, at least once, unless the fate of an event says otherwise. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EpochMs } from '../../src/commands/epoch-ms.ts';
import { SANDBOX_SIGNATURE, signSandboxEvent } from '../../src/http/payments/sandbox-signature.ts';
import type { PlannedEvent } from './books.ts';

const FIRST_RETRY_MS = 1000;
const RETRY_MS_MAX = 30_000;
/** After this time an event is given up. */
const PENDING_MS_MAX = 3_600_000;
/** How long the receiver may take to answer. */
const ANSWER_MS_MAX = 10_000;
/** How long a reordered event waits for one that overtakes it. */
const OVERTAKE_MS_MAX = 2000;
/** How often the end of a planned outage is looked for. */
const LOOK_AGAIN_MS = 200;
/** How long a stop waits for the answers of the receiver. */
const STOP_MS_MAX = 2000;

export interface EventSenderOptions {
  url: string;
  secret: string;
  now(): EpochMs;
  /** Resolves when the cause of the event is on disk. */
  flushed(): Promise<void>;
  noteDelivered(eventId: string, sending: number): void;
  /** For how long the sandbox is down, in ms. */
  downMs(): number;
  report(sentence: string): void;
  /** The delay of the first retry, in ms; each further one is twice as long, up to 30 s. */
  firstRetryMs?: number | undefined;
  /** How long a reordered event waits for one that overtakes it, in ms; 2000 by default. */
  overtakeMsMax?: number | undefined;
}

export class EventSender {
  readonly #options: EventSenderOptions;
  /** Ends all waits. */
  readonly #stopping = new AbortController();
  /** Ends all requests. */
  readonly #ending = new AbortController();
  readonly #sends = new Set<Promise<void>>();
  /** Lets a reordered event go that waits for the next one. */
  #letGo: (() => void) | undefined;

  constructor(options: EventSenderOptions) {
    this.#options = options;
    // Each pending event waits with these signals.
    setMaxListeners(0, this.#stopping.signal, this.#ending.signal);
  }

  /** Sends an event as often as its fate says, except for what the receiver has acknowledged. */
  plan(event: PlannedEvent): void {
    for (const sending of event.fate.sendings.keys()) {
      if (event.delivered.has(sending)) continue;
      const send = this.#send(event, sending)
        .catch((error) => {
          if (this.#stopping.signal.aborted) return;
          this.#options.report(`Event ${event.id} was not sent: ${error.message}.`);
        })
        .finally(() => this.#sends.delete(send));
      this.#sends.add(send);
    }
  }

  /** Waits up to two seconds for answers. Events that are still pending are sent after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.race([Promise.all(this.#sends), sleep(STOP_MS_MAX, undefined, { ref: false })]);
    this.#ending.abort();
  }

  async #send(event: PlannedEvent, sending: number): Promise<void> {
    const { now, flushed, firstRetryMs = FIRST_RETRY_MS } = this.#options;
    const happenedAt = Date.parse(event.at);
    await flushed();
    await this.#sleep(happenedAt + (event.fate.sendings[sending] ?? 0) - now());
    let afterFirstTry = await this.#reorder(event, sending);
    for (let delayMs = firstRetryMs; ; delayMs = Math.min(2 * delayMs, RETRY_MS_MAX)) {
      await this.#untilUp();
      const refusal = await this.#try(event);
      afterFirstTry?.();
      afterFirstTry = undefined;
      if (refusal === undefined) {
        this.#options.noteDelivered(event.id, sending);
        return;
      }
      if (now() - happenedAt + delayMs > PENDING_MS_MAX) {
        this.#options.report(`Event ${event.id} is given up after an hour: ${refusal}.`);
        return;
      }
      this.#options.report(
        `Event ${event.id} was not delivered and will be retried in ${delayMs} ms: ${refusal}.`,
      );
      await this.#sleep(delayMs);
    }
  }

  /** @returns why the event was not delivered; undefined if it was */
  async #try({ id, state, checkout, at }: PlannedEvent): Promise<string | undefined> {
    const { url, secret, now } = this.#options;
    const { key, checkoutId, ref, amount, currency } = checkout;
    const type = `checkout.${state}`;
    const body = JSON.stringify({ id, type, key, checkoutId, ref, amount, currency, at });
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          [SANDBOX_SIGNATURE]: signSandboxEvent(body, secret, now()),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([this.#ending.signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
      });
      await response.body?.cancel();
      return response.ok ? undefined : `the receiver answered ${response.status}`;
    } catch (error) {
      const { message, cause } = error as Error;
      return cause instanceof Error ? `${message} (${cause.message})` : message;
    }
  }

  /**
   * Holds the first of two reordered events back until the second was tried, or for two seconds.
   * @returns what to call after the first try
   */
  async #reorder(event: PlannedEvent, sending: number): Promise<(() => void) | undefined> {
    if (!event.fate.isReordered || sending > 0) return undefined;
    const { overtakeMsMax = OVERTAKE_MS_MAX } = this.#options;
    const waiting = this.#letGo;
    this.#letGo = undefined;
    if (waiting) return waiting;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#letGo = resolve;
    await Promise.race([promise, this.#sleep(overtakeMsMax)]);
    if (this.#letGo === resolve) this.#letGo = undefined;
    return undefined;
  }

  async #untilUp(): Promise<void> {
    // The faults can be replaced meanwhile.
    while (this.#options.downMs() > 0) {
      await this.#sleep(Math.min(this.#options.downMs(), LOOK_AGAIN_MS));
    }
  }

  async #sleep(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    signal.throwIfAborted();
    if (ms > 0) await sleep(ms, undefined, { signal });
  }
}
