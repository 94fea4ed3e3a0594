/** The faults that the sandbox makes on purpose. They are drawn from a seed, so that a run can be repeated. */
import { z } from 'zod';
import type { EpochMs } from '../../src/commands/epoch-ms.ts';
import { seededRandom } from '../simulate/seeded-random.ts';

const share = z.number().min(0).max(1).default(0);
const MS_MAX = 3_600_000;
const ms = z.number().int().min(0).max(MS_MAX).default(0);

/** The format of `SANDBOX_FAULTS` and of `POST /v1/faults`. */
export const faultsSchema = z
  .strictObject({
    /** The share of the events that is never sent. */
    lostShare: share,
    /** The share of the events that is sent twice. */
    repeatedShare: share,
    /** Each sending is delayed by 0 to this many ms. */
    delayMsMax: ms,
    /** Whether each second event overtakes the one before it. */
    reordered: z.boolean().default(false),
    /** The share of the refunds that is refused for good, as of a card that was closed. */
    refusedRefundShare: share,
    /** Another seed draws other faults. */
    seed: z.number().int().default(1),
    /** For this many ms from now the sandbox answers 503 and sends no events. */
    downMs: ms,
  })
  .refine(({ lostShare, repeatedShare }) => lostShare + repeatedShare <= 1, {
    error: 'lostShare and repeatedShare together must be at most 1',
  });

export type Faults = z.infer<typeof faultsSchema>;

/** How an event is sent. */
export interface Fate {
  /** The delay of each sending, in ms after the event; empty for a lost event. */
  sendings: number[];
  isReordered: boolean;
}

/** Mixes the number of an event and of a refund into the seed; any two odd numbers would do. */
const EVENT_STEP = 0x9e3779b1;
const REFUND_STEP = 0x85ebca6b;

/**
 * Draws the fate of an event.
 * @param number of the event, from 1: the same number has the same fate with the same faults
 */
export function fateOf(number: number, faults: Faults): Fate {
  const { lostShare, repeatedShare, delayMsMax, reordered, seed } = faults;
  const random = seededRandom(seed ^ Math.imul(number, EVENT_STEP));
  const drawn = random();
  const delay = () => Math.floor(random() * (delayMsMax + 1));
  if (drawn < lostShare) return { sendings: [], isReordered: false };
  const isRepeated = drawn < lostShare + repeatedShare;
  return { sendings: isRepeated ? [delay(), delay()] : [delay()], isReordered: reordered };
}

/** Whether a refund is refused. @param number of the refund, from 1, refused ones included */
export function isRefundRefused(number: number, { seed, refusedRefundShare }: Faults): boolean {
  return seededRandom(seed ^ Math.imul(number, REFUND_STEP))() < refusedRefundShare;
}

/** The faults in force, which can be replaced while the sandbox runs. They are not in the journal. */
export class ActiveFaults {
  readonly #now: () => EpochMs;
  #faults: Faults;
  #downUntil: EpochMs;

  constructor(faults: Faults, now: () => EpochMs) {
    this.#now = now;
    this.#faults = faults;
    this.#downUntil = now() + faults.downMs;
  }

  get current(): Faults {
    return this.#faults;
  }

  replace(faults: Faults): void {
    this.#faults = faults;
    this.#downUntil = this.#now() + faults.downMs;
  }

  /** For how long the sandbox is still down, in ms; 0 if it is up. */
  get downMs(): number {
    return Math.max(0, this.#downUntil - this.#now());
  }
}
