/** The sandbox as the payment provider of a simulation: its server, its books and its events, with a journal in memory. */
import type { Hono } from 'hono';
import { Books } from '../../../scripts/sandbox/books.ts';
import { EventSender } from '../../../scripts/sandbox/events.ts';
import { ActiveFaults, type Faults, faultsSchema } from '../../../scripts/sandbox/faults.ts';
import type { Journal } from '../../../scripts/sandbox/journal.ts';
import { SandboxProvider } from '../../../scripts/sandbox/provider.ts';
import { createSandboxApp } from '../../../scripts/sandbox/server.ts';
import { clock } from '../host/clock.ts';
import { SimProcess } from '../host/processes.ts';

export const SANDBOX_URL = 'http://sandbox.sim';
export const EVENTS_URL = 'http://api.sim/payments/sandbox/events';

const NO_FAULTS = faultsSchema.parse({});
const DOWN_MS_MAX = 6000;

/** @returns faults of the provider under the seed */
function faultsOf(seed: number): Faults {
  return faultsSchema.parse({
    lostShare: 0.2,
    repeatedShare: 0.2,
    delayMsMax: 5000,
    reordered: seed % 2 === 0,
    refusedRefundShare: 0.3,
    seed,
  });
}

export class Sandbox {
  readonly process = new SimProcess('sandbox');
  readonly books = new Books();
  readonly app: Hono;
  readonly #faults: ActiveFaults;
  readonly #seed: number;

  constructor(secret: string, seed: number) {
    this.#seed = seed;
    const now = () => Math.floor(clock.now);
    const flushed = async () => undefined;
    // The lines are in the books already, and this sandbox is never restarted.
    const journal = { append: () => undefined } as unknown as Journal;
    this.#faults = new ActiveFaults(NO_FAULTS, now);
    const { books } = this;
    const faults = this.#faults;
    const events = new EventSender({
      url: EVENTS_URL,
      secret,
      now,
      flushed,
      noteDelivered: (eventId, sending) =>
        books.apply({ kind: 'delivered', at: new Date(now()).toISOString(), eventId, sending }),
      downMs: () => faults.downMs,
      report: () => undefined,
    });
    const provider = new SandboxProvider({ books, journal, events, faults, now });
    const publicUrl = () => SANDBOX_URL;
    const report = (sentence: string, error: unknown) => {
      throw new Error(sentence, { cause: error });
    };
    const { entries } = books;
    this.app = createSandboxApp({ provider, faults, secret, entries, flushed, publicUrl, report });
  }

  /** From now on it makes its faults, or none. */
  setFaults(isOn: boolean): void {
    this.#faults.replace(isOn ? faultsOf(this.#seed) : NO_FAULTS);
  }

  /** It is down for a while. @param share of the longest time, from 0 to 1 */
  goDown(share: number): void {
    this.#faults.replace({ ...this.#faults.current, downMs: Math.floor(share * DOWN_MS_MAX) });
  }
}
