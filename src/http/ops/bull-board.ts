/** The Bull Board dashboard: a read-only view of lanes, timers, webhooks and payments. `mount-bull-board.ts` loads it when it is first opened. */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { HonoAdapter } from '@bull-board/hono';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Queue } from 'bullmq';
import type { Hono } from 'hono';
import type { LaneOwnership } from '../../db/reads/lane-owners.ts';

export interface BullBoardDeps {
  laneQueues: Iterable<Queue>;
  /** Queues that are consumed by BullMQ workers. */
  otherQueues: Iterable<Queue>;
  /** Which worker process owns a lane; undefined if that is unknown. */
  ownershipOf(lane: string): LaneOwnership | undefined;
}

// A manually retried job would overtake its lane, although its receipt still prevents a second effect.
const READ_ONLY = { readOnlyMode: true };

/**
 * Shows a lane's owner as its worker. BullMQ finds a queue's workers by the names of their Redis connections, but our
 * worker process uses one connection for all its lanes.
 */
class LaneAdapter extends BullMQAdapter {
  readonly #ownership: () => LaneOwnership | undefined;

  constructor(queue: Queue, ownership: () => LaneOwnership | undefined) {
    super(queue, READ_ONLY);
    this.#ownership = ownership;
  }

  override async getWorkers(): ReturnType<BullMQAdapter['getWorkers']> {
    const ownership = this.#ownership();
    if (!ownership) return null;
    const { hasOwner, owner, ownedSeconds } = ownership;
    if (!hasOwner || owner === null) return [];
    const [host = owner] = owner.split('/');
    return [{ id: owner, name: owner, addr: host, age: ownedSeconds ?? 0 }];
  }
}

/**
 * Adds the dashboard's pages to an app.
 * @param path where they are in that app
 */
export function addBullBoard(
  app: Hono,
  path: string,
  { laneQueues, otherQueues, ownershipOf }: BullBoardDeps,
): void {
  const serverAdapter = new HonoAdapter(serveStatic);
  serverAdapter.setBasePath(path);
  createBullBoard({
    queues: [
      ...[...laneQueues].map((queue) => new LaneAdapter(queue, () => ownershipOf(queue.name))),
      ...[...otherQueues].map((queue) => new BullMQAdapter(queue, READ_ONLY)),
    ],
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Seatlane lanes' } },
  });
  app.route(path, serverAdapter.registerPlugin());
}
