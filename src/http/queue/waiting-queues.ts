/** Waiting queues as clients see them: from the counters in memory, with their concerts from the database. */
import type { WaitingQueue } from '../../commands/schemas/waiting-queue.ts';
import type { QueueCounters } from '../../db/reads/queue/counters.ts';
import { SharedReads } from '../reads/shared-read.ts';
import type { QueueView } from './view.ts';

export interface WaitingQueuesDeps {
  queueView: QueueView;
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
  list({ after, limit }: { after: number; limit: number }): Promise<WaitingQueue[]> {
    const { queues } = this.#deps.queueView;
    return this.#toResources(queues.filter(({ id }) => id > after).slice(0, limit + 1));
  }

  /** @returns undefined if the queue does not exist */
  async find(queueId: number): Promise<WaitingQueue | undefined> {
    const { queueView } = this.#deps;
    if (!(await queueView.exists(queueId))) return undefined;
    return (await this.#toResources([queueView.counters(queueId)]))[0];
  }

  /** All queues by id, from memory alone: many operators look at them each second. */
  get figures(): QueueFigure[] {
    const { queueView } = this.#deps;
    return queueView.queues.map((queue) => {
      const { admitLimit, admitWindowMs, maxActive } = queueView.rate(queue.id);
      return {
        id: queue.id,
        name: queue.name,
        state: stateOf(queue),
        opensAt: queue.opensAt?.toISOString() ?? null,
        admitLimit,
        admitWindowSeconds: admitWindowMs / 1000,
        maxActive,
        waiting: queue.waiting,
        active: queue.active,
        admittedLastMinute: queue.admittedLastMinute,
      };
    });
  }

  async #toResources(queues: readonly QueueCounters[]): Promise<WaitingQueue[]> {
    const { queueView, readConcerts } = this.#deps;
    const ids = queues.map(({ id }) => id);
    const concerts = await this.#reads.fresh(ids.join(), () => readConcerts(ids));
    return queues.map((queue) => {
      const { admitLimit, admitWindowMs, maxActive } = queueView.rate(queue.id);
      return {
        id: queue.id,
        name: queue.name,
        state: stateOf(queue),
        concertIds: concerts.get(queue.id) ?? [],
        admitLimit,
        admitWindowSeconds: admitWindowMs / 1000,
        maxActive,
        waiting: queue.waiting,
        active: queue.active,
        createdAt: queue.createdAt.toISOString(),
      };
    });
  }
}

function stateOf({ isPaused, isGathering, isSoldOut }: QueueCounters): WaitingQueue['state'] {
  if (isPaused) return 'paused';
  if (isGathering) return 'gathering';
  return isSoldOut ? 'sold-out' : 'open';
}
