/** The schemas that inputs share: ids, points, times. */
import { describe, expect, test } from 'vitest';
import { givenTime, id, points } from '../../../../src/commands/schemas/resources.ts';

describe('points', () => {
  test.each([0, 1, 2_147_483_647])('can be %d', (amount) => {
    expect(points.parse(amount)).toBe(amount);
  });

  test.each([-1, 0.5, 2_147_483_648, Number.POSITIVE_INFINITY, Number.NaN, '5', null])(
    'cannot be %o',
    (amount) => {
      expect(points.safeParse(amount).success).toBe(false);
    },
  );
});

test('the largest id is the largest integer that a JSON number represents exactly', () => {
  expect(id.safeParse(JSON.parse('9007199254740991')).success).toBe(true);
  expect(id.safeParse(JSON.parse('9007199254740993')).success).toBe(false);
});

describe('a time', () => {
  test.each([
    ['2026-05-01T12:00:00Z', '2026-05-01T12:00:00.000Z'],
    ['2026-05-01T12:00:00.5Z', '2026-05-01T12:00:00.500Z'],
    ['2026-05-01T14:00:00+02:00', '2026-05-01T12:00:00.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('%s is read as %s', (given, read) => {
    expect(givenTime.parse(given)).toBe(read);
  });

  test.each([
    '2026-05-01',
    '2026-05-01T12:00:00',
    '2026-05-01 12:00:00Z',
    '2026-02-30T12:00:00Z',
    '2027-02-29T12:00:00Z',
    '2026-05-01T25:00:00Z',
    '2026-05-01T12:00:00+25:00',
    '1969-12-31T23:59:59Z',
    '1970-01-01T00:30:00+01:00',
    '9999-12-31T23:30:00-01:00',
    '0001-01-01T00:00:00Z',
    '+275760-09-13T00:00:00Z',
    'tomorrow',
    'infinity',
    '',
    0,
    null,
  ])('cannot be %j', (given) => {
    expect(givenTime.safeParse(given).success).toBe(false);
  });
});
