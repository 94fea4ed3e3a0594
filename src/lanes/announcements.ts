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
  /** The place in the queue whose token came with it. */
  queueNumber?: number | undefined;
  acceptedAt: number;
  finishedAt: number;
}

const outcomesOf = (prefix: string): string => `${prefix}:outcomes`;
const admissionsOf = (prefix: string): string => `${prefix}:admissions`;

/** Sends a batch's outcomes to whoever listens. */
export async function announce(
  redis: RedisConnection,
  { prefix, outcomes }: { prefix: string; outcomes: Announcement[] },
): Promise<void> {
  await redis.publish(outcomesOf(prefix), JSON.stringify(outcomes));
}

/** Tells that waiting places up to a number were admitted, or passed over: their users need not wait to hear it. */
export async function announceAdmission(
  redis: RedisConnection,
  { prefix, lastNumber }: { prefix: string; lastNumber: number },
): Promise<void> {
  await redis.publish(admissionsOf(prefix), String(lastNumber));
}

export interface Listeners {
  outcomes(announcements: Announcement[]): void;
  admission(lastNumber: number): void;
}

/**
 * Listens to the outcomes of all lanes, and to admissions.
 * @param redis a connection of its own: a subscribed one can do nothing else
 */
export async function listen(
  redis: RedisConnection,
  prefix: string,
  hear: Listeners,
): Promise<void> {
  redis.on('message', (channel, message) => {
    if (channel === outcomesOf(prefix)) hear.outcomes(JSON.parse(message));
    else hear.admission(Number(message));
  });
  await redis.subscribe(outcomesOf(prefix), admissionsOf(prefix));
}
