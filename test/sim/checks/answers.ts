/** A customer must never learn another outcome than the one that took effect. */
import { HOUSE_QUEUE } from '../../../src/commands/command.ts';
import type { SimResponse } from '../parts/network.ts';

/**
 * @param known the outcome that took effect, as JSON
 * @returns what is wrong with the answer
 */
export function judgeAnswer(
  jobId: string,
  { status, body }: SimResponse,
  known: string | undefined,
): string | undefined {
  if (body.code === 'COMMAND_FAILED' || body.state === 'failed') {
    return `The command of ${jobId} failed in every attempt.`;
  }
  if (known === undefined) return `The answer to ${jobId} is ${status}, and it was never applied.`;
  const { state, result, problem } = JSON.parse(known);
  const isSame =
    state === 'succeeded'
      ? identityOf(body.result) === identityOf(result)
      : (body.code ?? body.problem?.code) === problem.code;
  return isSame ? undefined : `The answer to ${jobId} is ${JSON.stringify(body)} and not ${known}.`;
}

/**
 * A queue entry is answered with its present state and more, after a draw also with another number; anything else as it was written,
 * up to the order of fields.
 */
function identityOf(
  result: { enteredAt?: string; queueId?: number; number?: number } | undefined,
): string {
  if (!result?.enteredAt) return JSON.stringify(result, sorted);
  const { enteredAt, queueId, number } = result;
  return queueId === HOUSE_QUEUE ? `entry ${number}` : `entry of queue ${queueId} at ${enteredAt}`;
}

/** For `JSON.stringify`: a result that was read from its receipt has its fields in another order. */
export function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
