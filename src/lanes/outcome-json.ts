/**
 * The JSON of outcomes. A worker writes the same outcome to its receipt, to its job and to the announcement, and encodes it
 * once.
 */
import type { Outcome } from '../commands/command.ts';

const bodies = new WeakMap<Outcome, string>();

/**
 * The JSON of what an outcome carries, its result or its problem, on one line: a batch sends those of its receipts as lines.
 * @param outcome must not be modified afterwards
 */
export function bodyJsonOf(outcome: Outcome): string {
  const known = bodies.get(outcome);
  if (known !== undefined) return known;
  const json = JSON.stringify(outcome.state === 'succeeded' ? outcome.result : outcome.problem);
  bodies.set(outcome, json);
  return json;
}

/**
 * The JSON of a whole outcome.
 * @param outcome must not be modified afterwards
 */
export function outcomeJsonOf(outcome: Outcome): string {
  const name = outcome.state === 'succeeded' ? 'result' : 'problem';
  return `{"state":"${outcome.state}","${name}":${bodyJsonOf(outcome)}}`;
}
