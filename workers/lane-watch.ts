/**
 * Watches that somebody really consumes the lanes of this process. A loop asks for the commands of each lane once a second
 * at least; one that does not is stuck, for whatever reason. Then the loop is begun anew and its lanes are
 * released, so that they are taken again by this process or another.
 */
import type { LaneName } from '../src/lanes/lanes.ts';

const EVERY_MS = 1000;
/** A lane whose commands nobody asks for during so long is stuck. */
const STUCK_AFTER_MS = 2000;

export interface LaneWatchDeps {
  /** @param time in ms by the monotonic clock */
  notLookedAtSince(time: number): LaneName[];
  /** Begins the loops of these lanes anew, and releases the lanes. */
  mend(lanes: readonly LaneName[]): void;
}

export class LaneWatch {
  readonly #deps: LaneWatchDeps;
  #suspects: ReadonlySet<LaneName> = new Set();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: LaneWatchDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(performance.now()), EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /**
   * Mends lanes that are stuck at two looks in a row. After one look only it may be the process that was frozen.
   * @param now in ms by the monotonic clock
   */
  look(now: number): void {
    const stuck = this.#deps.notLookedAtSince(now - STUCK_AFTER_MS);
    const still = stuck.filter((lane) => this.#suspects.has(lane));
    this.#suspects = new Set(stuck.filter((lane) => !still.includes(lane)));
    if (still.length > 0) this.#deps.mend(still);
  }
}
