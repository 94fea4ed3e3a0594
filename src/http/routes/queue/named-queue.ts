/** The queue that a route is about: the one in its path, or the house queue. */
import { z } from 'zod';
import { HOUSE_QUEUE } from '../../../commands/command.ts';
import { Problem } from '../../problems/problems.ts';
import type { QueuesInMemory } from '../../queue/queues-in-memory.ts';
import { pathId } from '../../request.ts';

export const queuePath = z.object({ queueId: pathId });

export function queueNotFound(queueId: number): Problem {
  const detail = `There is no waiting queue ${queueId}.`;
  return new Problem('QUEUE_NOT_FOUND', { detail, queueId });
}

/** @throws Problem QUEUE_NOT_FOUND */
export async function demandQueue(queues: QueuesInMemory, queueId: number): Promise<void> {
  if (!(await queues.exists(queueId))) throw queueNotFound(queueId);
}

/**
 * The part of a command's input that names the queue in the path. Of the house queue it is empty, as in commands of older versions.
 * @throws Problem QUEUE_NOT_FOUND
 */
export async function queueNamedBy(
  { queueId = HOUSE_QUEUE }: { queueId?: number | undefined },
  queues: QueuesInMemory,
): Promise<{ queueId?: number }> {
  await demandQueue(queues, queueId);
  return queueId === HOUSE_QUEUE ? {} : { queueId };
}
