/** No reason without a row in a table: whoever adds one is told here what is missing. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { REASONS, refuse } from '../../../src/domain/reasons.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Refused without a rule of the domain: where it is tested instead, and why. */
const ELSEWHERE: Record<string, [file: string, why: string]> = {
  IDEMPOTENCY_KEY_REUSED: [
    'test/integration/http/idempotency-keys.test.ts',
    'the receipts decide it, before any rule is asked',
  ],
  WEBHOOK_NOT_FOUND: [
    'test/integration/http/webhooks.test.ts',
    'a look at the row decides it, in the handler',
  ],
  SCHEDULE_NOT_FOUND: [
    'test/integration/http/several-seats.test.ts',
    'a look at the row decides it, in the handler',
  ],
  NO_ADJACENT_SEATS: [
    'test/integration/http/several-seats.test.ts',
    'the rule chooses seats or none, and the handler says no',
  ],
};

const inTables = new Set(
  globSync('*.test.ts', { cwd: import.meta.dirname })
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
    .flatMap((text) => [...text.matchAll(/\breason\b(?:: | = )'([A-Z_]+)'/g)])
    .map((match) => match[1] as string),
);

test('every reason has a row in some rule’s table', () => {
  const missing = REASONS.filter((reason) => !inTables.has(reason) && !ELSEWHERE[reason]);
  expect(missing, 'add a row to the table of the rule that refuses with it').toEqual([]);
});

test('a reason that is tested elsewhere is really expected there, and in no table', () => {
  for (const [reason, [file]] of Object.entries(ELSEWHERE)) {
    const path = join(ROOT, file);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    expect(text, `${file} no longer expects ${reason}: say where it is tested`).toContain(reason);
    expect(inTables.has(reason), `${reason} has a row: take it off ELSEWHERE`).toBe(false);
  }
});

test('a refusal carries what it is about only where there is something', () => {
  expect(refuse('SEAT_NOT_FOUND', 'No.', { seatId: 7 })).toEqual({
    refusal: { code: 'SEAT_NOT_FOUND', detail: 'No.', about: { seatId: 7 } },
  });
  expect(refuse('QUEUE_FULL', 'No.').refusal).not.toHaveProperty('about');
});
