/**
 * Runs a rule against its table: the first row is wrong in every way, each next one mends one fault, so
 * that the next reason shows, and the last succeeds. It proves the order of the reasons too.
 */
import { expect, test } from 'vitest';
import type { Decision, Reason } from '../../../src/domain/reasons.ts';

export interface Row<Input> {
  mended: string;
  input: Input;
  reason: Reason | undefined;
}

export function provePrecedence<Input, Change>(
  rule: (input: Input) => Decision<Change>,
  rows: readonly Row<Input>[],
): void {
  test.each(rows.map((row) => [row.mended, row.reason ?? 'yes', row] as const))(
    '%s: the answer is %s',
    (_mended, _answer, { input, reason }) => {
      expect(rule(input).refusal?.code).toBe(reason);
    },
  );
}
