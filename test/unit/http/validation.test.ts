/** What a response says about invalid values, and the limit of its size. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { bookSeats } from '../../../src/commands/bookings/book-seats.ts';
import { createSchedule } from '../../../src/commands/concerts/create-schedule.ts';
import type { Problem } from '../../../src/http/problems/problems.ts';
import { type ValidationError, validate } from '../../../src/http/validation.ts';

describe('an invalid value', () => {
  const schema = z.strictObject({
    amount: z.int(),
    seats: z.array(z.strictObject({ from: z.int() })).optional(),
  });
  const errorsOf = (value: unknown) => errorsBy(schema, value);
  const pathsOf = (value: unknown) => errorsOf(value).map(({ path }) => path);

  test('is reported together with all other invalid values', () => {
    expect(pathsOf({ seats: [{ from: 'one' }] }).toSorted()).toEqual(['amount', 'seats.0.from']);
  });

  test('is reported by its name if it is an unknown field', () => {
    expect(errorsOf({ amount: 1, userId: 2, role: 3 })).toEqual([
      { path: 'userId', message: 'is not a known field' },
      { path: 'role', message: 'is not a known field' },
    ]);
    expect(pathsOf({ amount: 1, seats: [{ from: 1, to: 2 }] })).toEqual(['seats.0.to']);
  });

  test('has no path if the whole input is invalid', () => {
    expect(pathsOf([])).toEqual(['']);
  });

  test('is named by the detail, with its part of the request', () => {
    expect(() => validate(schema, { amount: 1, seats: [{ from: 1, to: 2 }] }, 'query')).toThrow(
      'The query is not valid at `seats.0.to`: is not a known field.',
    );
    expect(() => validate(schema, [], 'body')).toThrow(
      'The body is not valid: Invalid input: expected object, received array.',
    );
  });
});

describe('a response', () => {
  test('contains at most ten errors', () => {
    const seats = Array.from({ length: 2000 }, () => ({}));
    expect(errorsBy(createSchedule.input, { seats })).toHaveLength(10);
  });

  test('contains at most ten unknown fields, each cut to a limited length', () => {
    const names = Array.from({ length: 50_000 }, (_, n) => `${n} ${'😀'.repeat(100)}`);
    const errors = errorsBy(z.strictObject({}), Object.fromEntries(names.map((name) => [name, 1])));
    expect(errors).toHaveLength(10);
    expect(errors[0]?.path).toMatch(/^0 /);
    for (const { path } of errors) {
      expect(path.length).toBeLessThanOrEqual(101);
      expect(path).toMatch(/…$/);
    }
  });
});

describe('if an input has alternatives, the response reports the errors of the intended one', () => {
  const seatIds = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

  test.each<[string, unknown, string[]]>([
    ['too many seats', { seatIds: seatIds(11) }, ['seatIds']],
    ['no seats', { seatIds: [] }, ['seatIds']],
    ['a seat twice', { seatIds: [1, 1] }, ['seatIds']],
    ['ids that are none', { seatIds: ['a', 'b'] }, ['seatIds.0', 'seatIds.1']],
    ['another field too', { seatIds: [1], colour: 'red' }, ['colour']],
    [
      'too many of the best',
      { scheduleId: 1, bestAvailable: { quantity: 11 } },
      ['bestAvailable.quantity'],
    ],
    ['no schedule', { bestAvailable: { quantity: 2 } }, ['scheduleId']],
    ['nothing', {}, ['seatIds']],
    ['a list', [], ['']],
  ])('%s', (_what, body, paths) => {
    const errors = errorsBy(bookSeats.input, body);
    expect(errors.map(({ path }) => path)).toEqual(paths);
    for (const { message } of errors) expect(message).not.toBe('Invalid input');
  });

  test('the response reports them for nested fields too', () => {
    const schema = z.object({
      places: z.array(z.union([z.strictObject({ a: z.int() }), z.strictObject({ b: z.int() })])),
    });
    const errors = errorsBy(schema, { places: [{ a: 1 }, { b: 'one' }] });
    expect(errors.map(({ path }) => path)).toEqual(['places.1.b']);
  });
});

function errorsBy(schema: z.ZodType, value: unknown): readonly ValidationError[] {
  try {
    validate(schema, value, 'body');
    return [];
  } catch (error) {
    return (error as Problem).details.errors ?? [];
  }
}
