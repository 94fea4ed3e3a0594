/**
 * Tells the API processes what came of commands: one message a batch on the lane's channel.
 *
 * BullMQ's own event stream says the same, but with four or five entries a command, each of which
 * every API process would read and parse (docs/decisions/0006). A message can be lost, like an
 * event: who waits re-reads the outcome on a timer too.
 */
import type { Redis } from 'ioredis';
import type { Outcome } from '../commands/command.ts';
import type { LaneName } from './lanes.ts';

/** One command's outcome as it is announced, with the command's name; times in ms since 1970. */
export interface Announcement {
  jobId: string;
  name: string;
  outcome: Outcome;
  acceptedAt: number;
  finishedAt: number;
}

const channelOf = (prefix: string, lane: LaneName): string => `${prefix}:outcomes:${lane}`;

/** Sends a batch's outcomes to whoever listens. */
export async function announce(
  redis: Redis,
  { prefix, lane, outcomes }: { prefix: string; lane: LaneName; outcomes: Announcement[] },
): Promise<void> {
  await redis.publish(channelOf(prefix, lane), JSON.stringify(outcomes));
}

/**
 * Listens to the lanes' outcomes.
 * @param redis a connection of its own: a subscribed one can do nothing else
 */
export async function listen(
  redis: Redis,
  { prefix, lanes }: { prefix: string; lanes: LaneName[] },
  hear: (lane: LaneName, outcomes: Announcement[]) => void,
): Promise<void> {
  const lanesByChannel = new Map(lanes.map((lane) => [channelOf(prefix, lane), lane]));
  redis.on('message', (channel, message) => {
    const lane = lanesByChannel.get(channel);
    if (lane) hear(lane, JSON.parse(message));
  });
  await redis.subscribe(...lanesByChannel.keys());
}
