/** The input for changing admission at run time. */
import { expect, test } from 'vitest';
import { setAdmission } from '../../../../src/commands/queue/set-admission.ts';

const accepts = (input: object) => setAdmission.input.safeParse(input).success;

test('a missing field stays missing, and null stays null', () => {
  expect(setAdmission.input.parse({})).toEqual({});
  const back = { admitLimit: null, admitWindowSeconds: null, maxActive: null };
  expect(setAdmission.input.parse(back)).toEqual(back);
});

test.each([
  ['admitLimit', 1_000_000],
  ['admitWindowSeconds', 3600],
  ['maxActive', 10_000_000],
])('%s is a whole number from 1 to %i', (field, max) => {
  for (const right of [1, max]) expect(accepts({ [field]: right })).toBe(true);
  for (const wrong of [0, -1, 1.5, max + 1, 1e308, Number.NaN, '5', true, [5]]) {
    expect(accepts({ [field]: wrong })).toBe(false);
  }
});

test('isPaused is a boolean', () => {
  for (const right of [true, false]) expect(accepts({ isPaused: right })).toBe(true);
  for (const wrong of [null, 'true', 1, 0, {}]) expect(accepts({ isPaused: wrong })).toBe(false);
});
