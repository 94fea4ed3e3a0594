/** Which lanes some worker process owns, asked every few seconds however many want to know. */
import type { LaneOwnership } from '../../db/reads/lane-owners.ts';

const REFRESH_MS = 5000;

export class LaneOwners {
  readonly #read: () => Promise<LaneOwnership[]>;
  #lanes: readonly LaneOwnership[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(read: () => Promise<LaneOwnership[]>) {
    this.#read = read;
  }

  async start(): Promise<void> {
    await this.refresh();
    this.#timer = setInterval(() => this.refresh().catch(() => undefined), REFRESH_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async refresh(): Promise<void> {
    this.#lanes = await this.#read();
  }

  /** The lanes as they were a few seconds ago; as they were last while PostgreSQL is away. */
  get lanes(): readonly LaneOwnership[] {
    return this.#lanes;
  }

  /** Of one lane. @returns undefined for what is no lane in use */
  of(lane: string): LaneOwnership | undefined {
    return this.#lanes.find((each) => each.lane === lane);
  }
}
