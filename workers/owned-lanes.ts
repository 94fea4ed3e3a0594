/** The lanes in this process's hands: starts and ends their loops as lane-owner.ts says. */
import type { Logger } from 'pino';
import { raiseEpoch } from '../src/db/lane-counts.ts';
import type { Database } from '../src/db/orm.ts';
import type { LaneName } from '../src/lanes/lanes.ts';
import type { OwnedLane } from './batch.ts';
import { ownerName } from './lane-owner.ts';

const RETRY_MS = 200;

interface Running {
  stopping: AbortController;
  ended: Promise<void>;
}

export class OwnedLanes {
  readonly #orm: Database;
  readonly #log: Logger;
  readonly #consume: (lane: OwnedLane) => Promise<void>;
  readonly #running = new Map<LaneName, Running>();

  /** @param consume the loop of a lane; ends after its batch when the lane's signal is aborted */
  constructor(orm: Database, log: Logger, consume: (lane: OwnedLane) => Promise<void>) {
    this.#orm = orm;
    this.#log = log;
    this.#consume = consume;
  }

  take(lane: LaneName): void {
    const before = this.#running.get(lane)?.ended;
    const stopping = new AbortController();
    const ended = this.#begin(lane, stopping.signal, before).catch((error) => {
      this.#log.error({ err: error, lane }, 'The loop of a lane ended with an error.');
    });
    this.#running.set(lane, { stopping, ended });
  }

  async give(lane: LaneName): Promise<void> {
    const running = this.#running.get(lane);
    running?.stopping.abort();
    await running?.ended;
    if (this.#running.get(lane) === running) this.#running.delete(lane);
  }

  async giveAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((lane) => this.give(lane)));
  }

  async #begin(lane: LaneName, signal: AbortSignal, before?: Promise<void>): Promise<void> {
    await before;
    while (!signal.aborted) {
      try {
        const epoch = await raiseEpoch(this.#orm, lane, ownerName);
        if (epoch === undefined) throw new Error(`Lane ${lane} is not in use.`);
        return await this.#consume({ name: lane, epoch, signal });
      } catch (error) {
        this.#log.warn({ err: error, lane }, 'A lane could not be taken over yet; trying again.');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}
