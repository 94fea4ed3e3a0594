/**
 * Detects lanes whose loop is stuck. A loop polls each idle lane at least once a second. The watchdog restarts a loop that
 * does not, and releases its lanes, so that this or another process takes them again.
 */
import type { LaneName } from '../../src/lanes/lanes.ts';

const EVERY_MS = 1000;
/** A lane that has not been polled for this long is stuck. */
const STUCK_AFTER_MS = 2000;

export interface LaneWatchdogDeps {
  /** @param time in ms by the monotonic clock */
  notPolledSince(time: number): LaneName[];
  /** Restarts the loops of these lanes, and releases the lanes. */
  restart(lanes: readonly LaneName[]): void;
}

export class LaneWatchdog {
  readonly #deps: LaneWatchdogDeps;
  #suspects: ReadonlySet<LaneName> = new Set();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: LaneWatchdogDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setInterval(() => this.check(performance.now()), EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /**
   * Restarts lanes that are stuck in two consecutive checks. After only one, the process itself may have been frozen.
   * @param now in ms by the monotonic clock
   */
  check(now: number): void {
    const stuck = this.#deps.notPolledSince(now - STUCK_AFTER_MS);
    const confirmed = stuck.filter((lane) => this.#suspects.has(lane));
    this.#suspects = new Set(stuck.filter((lane) => !confirmed.includes(lane)));
    if (confirmed.length > 0) this.#deps.restart(confirmed);
  }
}
