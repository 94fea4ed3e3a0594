/**
 * Runs a rule against its table. The first row is wrong in every way, each next one mends one fault of
 * the row before, so that the next reason shows, and the last row succeeds: this proves the order of
 * the reasons too.
 */
import { expect, test } from 'vitest';
import { type Decision, REASONS, type Reason } from '../../../src/domain/reasons.ts';

export interface Row<Input> {
  /** What is wrong no longer. */
  mended: string;
  /** What that changes in the row before. */
  by: Partial<Input>;
  /** None in the last row. */
  reason: Reason | undefined;
}

export function provePrecedence<Input extends object, Change>(
  rule: (input: Input) => Decision<Change>,
  worst: { input: Input; reason: Reason },
  rows: readonly Row<Input>[],
): void {
  const all: Row<Input>[] = [{ mended: 'nothing', by: {}, reason: worst.reason }, ...rows];
  let input = worst.input;
  const cases = all.map(({ mended, by, reason }) => {
    input = { ...input, ...by };
    return { mended, answer: reason ?? 'yes', input, reason };
  });

  test.each(cases)('with $mended mended, the answer is $answer', ({ input, reason }) => {
    expect(rule(input).refusal?.code).toBe(reason);
  });

  const places = rows.flatMap(({ reason }) => (reason ? [REASONS.indexOf(reason)] : []));
  test(`${worst.reason} and the reasons after it are met in the order of REASONS`, () => {
    const met = [REASONS.indexOf(worst.reason), ...places];
    expect(met).toEqual(met.toSorted((one, other) => one - other));
    expect(rows.at(-1)?.reason, 'the last row of a table succeeds').toBeUndefined();
  });
}
