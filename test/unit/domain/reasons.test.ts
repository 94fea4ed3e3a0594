/** No reason without a test: whoever adds one is told here what is missing. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REASONS } from '../../../src/domain/reasons.ts';

/** Refused without a rule of their own, so the tests that meet them stand elsewhere. */
const ELSEWHERE = {
  IDEMPOTENCY_KEY_REUSED: 'test/integration/http/idempotency-keys.test.ts: run-batch.ts compares',
  NO_ADJACENT_SEATS: 'test/integration/http/several-seats.test.ts: no run of seats was found',
};

test('every reason is expected in some test of the rules', () => {
  const folder = import.meta.dirname;
  const texts = readdirSync(folder)
    .filter((name) => name !== 'reasons.test.ts')
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  const untested = REASONS.filter(
    (reason) => !texts.includes(`'${reason}'`) && !(reason in ELSEWHERE),
  );
  expect(untested).toEqual([]);
});
