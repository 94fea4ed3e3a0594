/** Every reason must occur in the table of a rule; these tests name the reasons that do not. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { REASONS, refuse } from '../../../src/domain/reasons.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Reasons that no rule in `src/domain` returns: the test that covers each, and why. */
const TESTED_ELSEWHERE: Record<string, [file: string, why: string]> = {
  IDEMPOTENCY_KEY_REUSED: [
    'test/integration/http/jobs/idempotency-keys.test.ts',
    'the receipts decide it before any rule runs',
  ],
  QUEUE_NOT_FOUND: [
    'test/integration/http/routes/queues.test.ts',
    'the handler refuses if the row is missing',
  ],
  NO_ADJACENT_SEATS: [
    'test/integration/http/seats/several-seats.test.ts',
    'the rule returns seats or undefined, and the handler refuses',
  ],
};

const inTables = new Set(
  globSync('**/*.test.ts', { cwd: import.meta.dirname })
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
    .flatMap((text) => [...text.matchAll(/\breason\b(?:: | = )'([A-Z_]+)'/g)])
    .map((match) => match[1] as string),
);

test('every reason has a row in the table of a rule', () => {
  const missing = REASONS.filter((reason) => !inTables.has(reason) && !TESTED_ELSEWHERE[reason]);
  expect(missing, 'add a row to the table of the rule that refuses with it').toEqual([]);
});

test('a reason that is tested elsewhere occurs in that test and in no table', () => {
  for (const [reason, [file]] of Object.entries(TESTED_ELSEWHERE)) {
    const path = join(ROOT, file);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    expect(text, `${file} does not expect ${reason}: correct its entry`).toContain(reason);
    expect(inTables.has(reason), `${reason} has a row: remove it from TESTED_ELSEWHERE`).toBe(
      false,
    );
  }
});

test('a refusal has `about` only if the rule gave it', () => {
  expect(refuse('SEAT_NOT_FOUND', 'No.', { seatId: 7 })).toEqual({
    refusal: { code: 'SEAT_NOT_FOUND', detail: 'No.', about: { seatId: 7 } },
  });
  expect(refuse('QUEUE_FULL', 'No.').refusal).not.toHaveProperty('about');
});
