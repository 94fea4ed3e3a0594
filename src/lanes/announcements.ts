/**
 * Publishes the outcomes of commands to the API processes, one message per batch.
 *
 * BullMQ's event stream has the same information, but writes four or five entries per command, each of which every API
 * process would read and parse (docs/decisions/0006). A message can be lost, so waiting requests also poll for their
 * outcome.
 */
import type { FinishedOutcome, Outcome } from '../commands/command.ts';
import type { EpochMs } from '../commands/epoch-ms.ts';
import { outcomeJsonOf } from './outcome-json.ts';
import { probe, type RedisConnection } from './redis/redis.ts';
import { StringTable } from './string-table.ts';

/** The announced outcome of one command; times in ms since 1970. */
export interface Announcement extends FinishedOutcome {
  jobId: string;
  name: string;
  /** The queue entry whose token the command carried. */
  entryId?: number | undefined;
  /** When its job was added. */
  acceptedAt: EpochMs;
}

const announcementsOf = (prefix: string): string => `${prefix}:announcements`;
const admissionsOf = (prefix: string): string => `${prefix}:admissions`;

/** Publishes the outcomes of a batch. */
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
  outcomeIndex: number,
  acceptedAt: EpochMs,
  finishedAt: EpochMs,
  entryId?: number | undefined,
  firstAcceptedAt?: EpochMs,
];

/** Encodes the distinct outcomes, and one line per command with the index of its outcome. */
export function toMessage(announcements: readonly Announcement[]): string {
  const outcomes = new StringTable();
  const lines = announcements.map((announcement): Line => {
    const { jobId, name, outcome, acceptedAt, finishedAt, entryId, firstAcceptedAt } = announcement;
    const index = outcomes.indexOfOutcome(outcome.state, outcomeJsonOf(outcome));
    const line: Line = [jobId, name, index, acceptedAt, finishedAt, entryId];
    if (firstAcceptedAt !== undefined) line.push(firstAcceptedAt);
    return line;
  });
  return `{"outcomes":[${outcomes.strings.join()}],"lines":${JSON.stringify(lines)}}`;
}

/** @returns announcements; equal outcomes are shared objects and must not be modified */
export function fromMessage(message: string): Announcement[] {
  const { outcomes, lines } = JSON.parse(message) as { outcomes: Outcome[]; lines: Line[] };
  return lines.map(([jobId, name, index, acceptedAt, finishedAt, entryId, firstAcceptedAt]) => ({
    jobId,
    name,
    acceptedAt,
    finishedAt,
    entryId: entryId ?? undefined,
    firstAcceptedAt,
    outcome: outcomes[index] as Outcome,
  }));
}

/** How far the admission of a queue has come: the waiting entries up to this number were admitted or skipped. */
export interface ReachedNumber {
  queueId: number;
  lastNumber: number;
}

/** Announces how far admissions have come, so that users see it at once. */
export async function announceAdmission(
  redis: RedisConnection,
  prefix: string,
  reached: readonly ReachedNumber[],
): Promise<void> {
  const pairs = reached.map(({ queueId, lastNumber }) => [queueId, lastNumber]);
  await redis.publish(admissionsOf(prefix), JSON.stringify(pairs));
}

function toReached(message: string): ReachedNumber[] {
  const pairs = JSON.parse(message) as [queueId: number, lastNumber: number][];
  return pairs.map(([queueId, lastNumber]) => ({ queueId, lastNumber }));
}

export interface Listeners {
  outcomes(announcements: Announcement[]): void;
  admission(reached: readonly ReachedNumber[]): void;
  /** Called when the connection is lost or restored: messages may have been missed. */
  gap(): void;
}

/**
 * Subscribes to the outcomes of all lanes and to admissions.
 * @param redis a dedicated connection, because a subscribed one accepts no other commands
 */
export async function listen(
  redis: RedisConnection,
  prefix: string,
  listeners: Listeners,
): Promise<void> {
  redis.on('message', (channel, message) => {
    if (channel === announcementsOf(prefix)) listeners.outcomes(fromMessage(message));
    else listeners.admission(toReached(message));
  });
  for (const event of ['close', 'ready']) redis.on(event, () => listeners.gap());
  const channels = [announcementsOf(prefix), admissionsOf(prefix)];
  await redis.subscribe(...channels);
  // A subscribed connection sends nothing, so a half-open one would go unnoticed. Subscribing again has no effect, but
  // Redis must reply to it.
  probe(redis, () => redis.subscribe(...channels));
}
