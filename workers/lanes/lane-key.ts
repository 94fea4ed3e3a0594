/** The key of a dequeued command. Commands of one key are applied one at a time, in order. */
import { type CommandName, commands } from '../../src/commands/index.ts';
import type { TakenCommand } from '../batch/batch.ts';

/** @returns the kind and the key; a unique key for a command that this version does not know */
export function keyOf({ name, jobId, accepted }: TakenCommand): string {
  const command = commands[name as CommandName];
  if (!command) return `job ${jobId}`;
  const { kind, key } = command.laneKey(accepted.input as never, accepted.subject);
  return `${kind} ${key}`;
}

/** @returns the commands of each key, in their order */
export function byKey(taken: readonly TakenCommand[]): Map<string, TakenCommand[]> {
  return Map.groupBy(taken, keyOf);
}
