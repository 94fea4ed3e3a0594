/** Waiting queues as clients see them: from the counters in memory, which are read again after a change, with their concerts from the database. */
import type { WaitingQueue } from '../../commands/schemas/waiting-queue.ts';
import type { QueueCounters } from '../../db/reads/queue/counters.ts';
import { SharedReads } from '../reads/shared-read.ts';
import type { QueuesInMemory } from './queues-in-memory.ts';

export interface WaitingQueuesDeps {
  queues: QueuesInMemory;
  /** Reads the concerts to which queues admit, by queue. */
  readConcerts(queueIds: readonly number[]): Promise<Map<number, number[]>>;
}

/** A waiting queue as the operators' board lists it. */
export interface QueueFigure extends Omit<WaitingQueue, 'concertIds' | 'createdAt'> {
  /** When a gathering draw is held, ISO 8601; null if none is. */
  opensAt: string | null;
  admittedLastMinute: number;
}

export class WaitingQueues {
  readonly #deps: WaitingQueuesDeps;
  readonly #reads = new SharedReads();

  constructor(deps: WaitingQueuesDeps) {
    this.#deps = deps;
  }

  /** Up to `limit + 1` queues with ids above `after`, by id. */
  async list({ after, limit }: { after: number; limit: number }): Promise<WaitingQueue[]> {
    const { queues } = this.#deps;
    await queues.refreshChanged();
    const behind = queues.all.filter(({ id }) => id > after);
    return this.#toResources(behind.slice(0, limit + 1));
  }

  /** @returns undefined if the queue does not exist */
  async find(queueId: number): Promise<WaitingQueue | undefined> {
    const { queues } = this.#deps;
    if (!(await queues.exists(queueId))) return undefined;
    await queues.refreshChanged();
    return (await this.#toResources([queues.countersOf(queueId)]))[0];
  }

  /** All queues by id, from memory alone: many operators look at them each second. */
  get figures(): QueueFigure[] {
    return this.#deps.queues.all.map((queue) => ({
      ...this.#sharedFieldsOf(queue),
      opensAt: queue.opensAt?.toISOString() ?? null,
      admittedLastMinute: queue.admittedLastMinute,
    }));
  }

  async #toResources(queues: readonly QueueCounters[]): Promise<WaitingQueue[]> {
    const { readConcerts } = this.#deps;
    const ids = queues.map(({ id }) => id);
    const concerts = await this.#reads.fresh(ids.join(), () => readConcerts(ids));
    return queues.map((queue) => ({
      ...this.#sharedFieldsOf(queue),
      concertIds: concerts.get(queue.id) ?? [],
      createdAt: queue.createdAt.toISOString(),
    }));
  }

  /** What clients and the operators' board both get of a queue. */
  #sharedFieldsOf(queue: QueueCounters) {
    const { id, name, waiting, active } = queue;
    const { admitLimit, admitWindowMs, maxActive } = this.#deps.queues.rateOf(id);
    const admitWindowSeconds = admitWindowMs / 1000;
    const state = stateOf(queue);
    return { id, name, state, admitLimit, admitWindowSeconds, maxActive, waiting, active };
  }
}

function stateOf({ isPaused, isGathering, isSoldOut }: QueueCounters): WaitingQueue['state'] {
  if (isPaused) return 'paused';
  if (isGathering) return 'gathering';
  return isSoldOut ? 'sold-out' : 'open';
}
