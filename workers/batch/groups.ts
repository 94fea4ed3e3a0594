/** Splits a batch into the groups of commands that are applied in a transaction of their own. */
import { handlerNamed } from '../handlers/index.ts';
import { byKey } from '../lanes/lane-key.ts';
import type { BatchDeps } from './apply-batch.ts';
import { mustLeaveLane } from './apply-with-retries.ts';
import type { LaneBatch, TakenCommand } from './batch.ts';

/** The commands of a key, or those of all keys whose users only want the best seats of one schedule. */
export interface Group extends LaneBatch {
  isOfBest: boolean;
}

/**
 * Choosing the best seats reads free seats, in a turn of the schedule: for each key by itself that would take long, in a full batch. A key with other
 * commands stays by itself, because they may meet a lock.
 */
export function groupsOf({ handlers }: BatchDeps, { lane, commands }: LaneBatch): Group[] {
  const scheduleOf = ({ name, accepted }: TakenCommand) => {
    const places = handlerNamed(handlers, name)?.needs(accepted.input).places;
    return places?.best && places.scheduleId;
  };
  const bySchedule = Map.groupBy(byKey(commands).values(), (ofKey) => {
    const [scheduleId, ...others] = new Set(ofKey.map(scheduleOf));
    return others.length === 0 ? scheduleId : undefined;
  });
  return [...bySchedule].flatMap(([scheduleId, keys]): Group[] =>
    scheduleId === undefined
      ? keys.map((ofKey) => ({ lane, commands: ofKey, isOfBest: false }))
      : [{ lane, commands: keys.flat(), isOfBest: true }],
  );
}

/** A lane that is left needs no log line: its next owner applies the commands. */
export function logFailedGroup(
  { log }: BatchDeps,
  { lane, commands }: Group,
  error: unknown,
): void {
  if (mustLeaveLane(error, lane)) return;
  log.warn(
    { err: error, lane: lane.name, commands: commands.length },
    'Commands of a key failed when their batch was split; they are retried with their lane.',
  );
}
