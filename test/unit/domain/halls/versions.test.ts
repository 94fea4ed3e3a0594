/** Saving a version of a hall: only on top of the newest. */
import { expect, test } from 'vitest';
import { decideSave } from '../../../../src/domain/halls/versions.ts';

test('the next version follows the newest', () => {
  expect(decideSave(7, { version: 3 }, 3)).toEqual({ change: { version: 4 } });
});

test.each([
  { hall: undefined, base: 1, reason: 'HALL_NOT_FOUND', about: { hallId: 7 } },
  { hall: { version: 3 }, base: 2, reason: 'HALL_CHANGED', about: { hallId: 7, version: 3 } },
  { hall: { version: 3 }, base: 4, reason: 'HALL_CHANGED', about: { hallId: 7, version: 3 } },
])('on top of $base of $hall: $reason', ({ hall, base, reason, about }) => {
  expect(decideSave(7, hall, base).refusal).toMatchObject({ code: reason, about });
});
