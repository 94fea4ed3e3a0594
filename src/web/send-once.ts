/**
 * Commands that would take effect twice if the user repeated them because no answer came: such a command is sent again under the same
 * idempotency key, so that the API answers with its first outcome.
 */
import { Unreachable } from '../client/errors.ts';
import type { CommandOptions, SeatlaneOperator } from '../client/index.ts';
import { callApi } from './api.ts';

/** The keys of commands that had no answer, by their name and input. */
const unanswered = new Map<string, string>();

/**
 * Sends a command.
 * @param command its name and input: what is equal is the same command
 * @throws the errors of `callApi`; after Unreachable the same command is sent under the same key, until any command was answered
 */
export async function sendOnce<Result>(
  command: readonly [name: string, ...input: unknown[]],
  send: (seatlane: SeatlaneOperator, options: CommandOptions) => Promise<Result>,
): Promise<Result> {
  const text = JSON.stringify(command);
  const idempotencyKey = unanswered.get(text);
  try {
    const result = await callApi((seatlane) => send(seatlane, { idempotencyKey }));
    // The user goes on from what the page shows now. The same command would be a new wish.
    unanswered.clear();
    return result;
  } catch (error) {
    if (error instanceof Unreachable && error.idempotencyKey !== undefined) {
      unanswered.set(text, error.idempotencyKey);
    } else {
      unanswered.delete(text);
    }
    throw error;
  }
}
