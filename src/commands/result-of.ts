/** Reads results of commands with their types. */
import type { z } from 'zod';
import type { Outcome } from './command.ts';

/** An outcome with the name of its command, as announcements and finished commands of a batch have it. */
export interface NamedOutcome {
  name: string;
  outcome: Outcome;
}

/** A result as receipts of any version have it. */
export type StoredResult<Result, Newer extends PropertyKey> = [Newer] extends [never]
  ? Result
  : Omit<Result, Newer> & Partial<Pick<Result, Newer & keyof Result>>;

interface Answering<Result, Newer extends PropertyKey> {
  readonly name: string;
  readonly result: z.ZodType<Result>;
  readonly newerFields?: readonly Newer[];
}

/**
 * The result if a command has succeeded. It is not parsed, because that would take time for each outcome: the type of the handler
 * ensures its fields, besides those that receipts of older versions lack.
 * @returns undefined for other commands and other outcomes
 */
export function resultOf<Result extends object, Newer extends PropertyKey>(
  command: Answering<Result, Newer>,
  { name, outcome }: NamedOutcome,
): StoredResult<Result, Newer> | undefined {
  if (name !== command.name || outcome.state !== 'succeeded') return undefined;
  return outcome.result as StoredResult<Result, Newer>;
}
