/** Caches which worker process owns each lane, read from PostgreSQL every few seconds. */
import type { LaneOwnership } from '../../db/reads/lane-owners.ts';
import { RefreshTimer } from '../../runtime/refresh-timer.ts';

const REFRESH_MS = 5000;

export class LaneOwners {
  readonly #read: () => Promise<LaneOwnership[]>;
  #lanes: readonly LaneOwnership[] = [];
  readonly #timer = new RefreshTimer(() => this.refresh(), REFRESH_MS);

  constructor(read: () => Promise<LaneOwnership[]>) {
    this.#read = read;
  }

  async start(): Promise<void> {
    await this.refresh();
    this.#timer.start();
  }

  stop(): void {
    this.#timer.stop();
  }

  async refresh(): Promise<void> {
    this.#lanes = await this.#read();
  }

  /** The lanes as of the last successful read; older while PostgreSQL is unavailable. */
  get lanes(): readonly LaneOwnership[] {
    return this.#lanes;
  }

  /** The ownership of one lane; undefined if no such lane is in use. */
  of(lane: string): LaneOwnership | undefined {
    return this.#lanes.find((each) => each.lane === lane);
  }
}
