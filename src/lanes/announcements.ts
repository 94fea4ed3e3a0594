/**
 * Tells the API processes what came of commands: one message a batch.
 *
 * BullMQ's own event stream says the same, but with four or five entries a command, each of which
 * every API process would read and parse (docs/decisions/0006). A message can be lost, like an
 * event: who waits re-reads the outcome on a timer too.
 */
import type { Outcome } from '../commands/command.ts';
import type { RedisConnection } from './redis.ts';

/** One command's outcome as it is announced, with the command's name; times in ms since 1970. */
export interface Announcement {
  jobId: string;
  name: string;
  outcome: Outcome;
  acceptedAt: number;
  finishedAt: number;
}

const channelOf = (prefix: string): string => `${prefix}:outcomes`;

/** Sends a batch's outcomes to whoever listens. */
export async function announce(
  redis: RedisConnection,
  { prefix, outcomes }: { prefix: string; outcomes: Announcement[] },
): Promise<void> {
  await redis.publish(channelOf(prefix), JSON.stringify(outcomes));
}

/**
 * Listens to the outcomes of all lanes.
 * @param redis a connection of its own: a subscribed one can do nothing else
 */
export async function listen(
  redis: RedisConnection,
  prefix: string,
  hear: (outcomes: Announcement[]) => void,
): Promise<void> {
  redis.on('message', (_channel, message) => hear(JSON.parse(message)));
  await redis.subscribe(channelOf(prefix));
}
