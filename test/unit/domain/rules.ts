/**
 * Checks a rule against a table of inputs. The first input has every fault; each row fixes one more fault, so that the
 * next reason is returned, and the last row is accepted. The table therefore also proves the precedence of the reasons.
 */
import { expect, test } from 'vitest';
import { type Decision, REASONS, type Reason } from '../../../src/domain/reasons.ts';

export interface Row<Input> {
  /** The fault that this row fixes. */
  fixed: string;
  /** The changes to the input of the previous row. */
  by: Partial<Input>;
  /** The expected refusal; undefined in the last row, which is accepted. */
  reason: Reason | undefined;
}

export function provePrecedence<Input extends object, Change>(
  rule: (input: Input) => Decision<Change>,
  worst: { input: Input; reason: Reason },
  rows: readonly Row<Input>[],
): void {
  const all: Row<Input>[] = [{ fixed: 'nothing', by: {}, reason: worst.reason }, ...rows];
  let input = worst.input;
  const cases = all.map(({ fixed, by, reason }) => {
    input = { ...input, ...by };
    return { fixed, answer: reason ?? 'accepted', input, reason };
  });

  test.each(cases)('with $fixed fixed, the decision is $answer', ({ input, reason }) => {
    expect(rule(input).refusal?.code).toBe(reason);
  });

  const indexes = rows.flatMap(({ reason }) => (reason ? [REASONS.indexOf(reason)] : []));
  test(`${worst.reason} and the reasons after it occur in the order of REASONS`, () => {
    const met = [REASONS.indexOf(worst.reason), ...indexes];
    expect(met).toEqual(met.toSorted((one, other) => one - other));
    expect(rows.at(-1)?.reason, 'the last row of a table must be accepted').toBeUndefined();
  });
}
