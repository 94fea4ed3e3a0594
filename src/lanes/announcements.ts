/**
 * Tells the API processes what came of commands: one message a batch.
 *
 * BullMQ's own event stream says the same, but with four or five entries a command, each of which
 * every API process would read and parse (docs/decisions/0006). A message can be lost, like an
 * event: who waits re-reads the outcome on a timer too.
 */
import type { Outcome } from '../commands/command.ts';
import { probe, type RedisConnection } from './redis/redis.ts';
import { StringTable } from './string-table.ts';

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

const announcementsOf = (prefix: string): string => `${prefix}:announcements`;
const admissionsOf = (prefix: string): string => `${prefix}:admissions`;

/** Sends what came of a batch's commands to whoever listens. */
export async function announce(
  redis: RedisConnection,
  prefix: string,
  announcements: readonly Announcement[],
): Promise<void> {
  await redis.publish(announcementsOf(prefix), toMessage(announcements));
}

type Line = [
  jobId: string,
  name: string,
  place: number,
  acceptedAt: number,
  finishedAt: number,
  queueNumber?: number | undefined,
];

/** The different outcomes, and a line for each command that says which of them is its own. */
export function toMessage(announcements: readonly Announcement[]): string {
  const outcomes = new StringTable();
  const lines = announcements.map(
    ({ jobId, name, outcome, acceptedAt, finishedAt, queueNumber }): Line => {
      const place = outcomes.indexOf(JSON.stringify(outcome));
      return [jobId, name, place, acceptedAt, finishedAt, queueNumber];
    },
  );
  return `{"outcomes":[${outcomes.strings.join()}],"lines":${JSON.stringify(lines)}}`;
}

/** @returns announcements that share the outcomes that are the same: nobody may change them */
export function fromMessage(message: string): Announcement[] {
  const { outcomes, lines } = JSON.parse(message) as { outcomes: Outcome[]; lines: Line[] };
  return lines.map(([jobId, name, place, acceptedAt, finishedAt, queueNumber]) => ({
    ...{ jobId, name, acceptedAt, finishedAt, queueNumber: queueNumber ?? undefined },
    outcome: outcomes[place] as Outcome,
  }));
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
  /** The connection was lost or is there again: something may have been said that nobody heard. */
  gap(): void;
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
    if (channel === announcementsOf(prefix)) hear.outcomes(fromMessage(message));
    else hear.admission(Number(message));
  });
  for (const event of ['close', 'ready']) redis.on(event, () => hear.gap());
  const channels = [announcementsOf(prefix), admissionsOf(prefix)];
  await redis.subscribe(...channels);
  // A subscribed connection only listens, so nobody would notice that it is half-open. Subscribing again changes nothing,
  // but Redis owes a reply to it.
  probe(redis, () => redis.subscribe(...channels));
}
