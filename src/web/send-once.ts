/**
 * Commands that would take effect twice, or be refused, if the user repeated them because no answer came: such a command is sent again
 * under the same idempotency key, so that the API answers with its first outcome.
 *
 * Not for a command that can be wished again after another one has undone it, such as a pause: its old key would bring its old outcome,
 * and nothing would be paused.
 */
import { CommandFailed, Refusal, Unreachable } from '../client/errors.ts';
import type { CommandOptions, SeatlaneOperator } from '../client/index.ts';
import { callApi } from './api.ts';

type Command = readonly [name: string, ...input: unknown[]];

/** The keys of commands that had no answer, by their name and input. */
const unanswered = new Map<string, string>();

/**
 * Sends a command.
 * @param command its name and input: what is equal is the same command
 * @throws the errors of `callApi`; after Unreachable the same command has the same key until its outcome is known
 */
export async function sendOnce<Result>(
  command: Command,
  send: (seatlane: SeatlaneOperator, options: CommandOptions) => Promise<Result>,
): Promise<Result> {
  const text = JSON.stringify(command);
  const idempotencyKey = unanswered.get(text);
  try {
    const result = await callApi((seatlane) => send(seatlane, { idempotencyKey }));
    unanswered.delete(text);
    return result;
  } catch (error) {
    const isOutcome = error instanceof Refusal || error instanceof CommandFailed;
    if (isOutcome) unanswered.delete(text);
    if (error instanceof Unreachable && error.idempotencyKey !== undefined) {
      unanswered.set(text, error.idempotencyKey);
    }
    throw error;
  }
}

/** The user has seen what commands of this name did: from now on the same command is a new wish. */
export function forgetUnanswered(name: string): void {
  const start = JSON.stringify([name]).slice(0, -1);
  for (const text of unanswered.keys()) if (text.startsWith(start)) unanswered.delete(text);
}
