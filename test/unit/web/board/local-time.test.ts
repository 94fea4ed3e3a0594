/** The times of `datetime-local` fields. */
import { expect, test } from 'vitest';
import { localTime, toIso } from '../../../../src/web/board/local-time.ts';

test('a time is the same after it was shown in a field', () => {
  expect(toIso(localTime('2026-05-01T10:00:00.000Z'))).toBe('2026-05-01T10:00:00.000Z');
});
