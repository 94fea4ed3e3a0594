/** The rules for the times of performances. */
import { describe, expect, test } from 'vitest';
import { decideNewTimes } from '../../../../src/domain/concerts/new-times.ts';
import { minutesFromNow, NOW } from '../../../support/builders.ts';
import { provePrecedence } from '../rules.ts';

const schedule = {
  bookingStartAt: minutesFromNow(10),
  bookingEndAt: minutesFromNow(100),
  startAt: minutesFromNow(120),
  endAt: minutesFromNow(240),
  cancelledAt: null,
  hasOrders: false,
};
const begun = { ...schedule, bookingStartAt: NOW };

const decide = (change: object, given: Partial<typeof schedule> | undefined = schedule) =>
  decideNewTimes({
    scheduleId: 3,
    schedule: given && { ...schedule, ...given },
    change,
    acceptedAt: NOW,
  });
const reasonOf = (decision: ReturnType<typeof decide>) => decision.refusal?.code;

const worst: Parameters<typeof decideNewTimes>[0] = {
  scheduleId: 3,
  schedule: { ...begun, cancelledAt: NOW },
  change: { startAt: minutesFromNow(1), endAt: minutesFromNow(-1) },
  acceptedAt: NOW,
};
provePrecedence(decideNewTimes, { input: worst, reason: 'SCHEDULE_CANCELLED' }, [
  { fixed: 'the cancellation', by: { schedule: undefined }, reason: 'SCHEDULE_NOT_FOUND' },
  { fixed: 'the missing schedule', by: { schedule: begun }, reason: 'SALE_STARTED' },
  { fixed: 'the sale', by: { schedule }, reason: 'SCHEDULE_TIMES_INVALID' },
  { fixed: 'the times', by: { change: {} }, reason: undefined },
]);

describe('before the sale', () => {
  test('all times may change', () => {
    const change = {
      bookingStartAt: minutesFromNow(-5),
      bookingEndAt: minutesFromNow(50),
      startAt: minutesFromNow(60),
      endAt: minutesFromNow(61),
    };
    expect(decide(change)).toEqual({ change });
  });

  test('a time that is missing stays as it is', () => {
    const { change } = decide({ startAt: minutesFromNow(130) });
    expect(change).toMatchObject({ startAt: minutesFromNow(130), endAt: schedule.endAt });
  });

  test.each([
    [{ bookingStartAt: minutesFromNow(100) }],
    [{ bookingEndAt: minutesFromNow(121) }],
    [{ startAt: minutesFromNow(99) }],
    [{ endAt: minutesFromNow(120) }],
  ])('times out of order are refused: %j', (change) => {
    expect(reasonOf(decide(change))).toBe('SCHEDULE_TIMES_INVALID');
  });
});

describe.each([
  ['the sale has begun', begun],
  ['there is an order', { ...schedule, hasOrders: true }],
])('once %s', (_, given) => {
  test('the end of the sale may move to a later time', () => {
    const bookingEndAt = minutesFromNow(110);
    expect(decide({ bookingEndAt }, given).change).toMatchObject({ bookingEndAt });
    expect(decide({}, given).change).toBeDefined();
  });

  test.each([
    [{ bookingEndAt: minutesFromNow(99) }],
    [{ bookingStartAt: minutesFromNow(1) }],
    [{ startAt: minutesFromNow(121) }],
    [{ endAt: minutesFromNow(241) }],
  ])('nothing else changes: %j', (change) => {
    expect(reasonOf(decide(change, given))).toBe('SALE_STARTED');
  });

  test('not even the end of the sale may be after the start', () => {
    const change = { bookingEndAt: minutesFromNow(121) };
    expect(reasonOf(decide(change, given))).toBe('SCHEDULE_TIMES_INVALID');
  });
});

test('a performance that does not take place or does not exist keeps its times', () => {
  expect(decide({}, { cancelledAt: NOW } as never).refusal).toMatchObject({
    code: 'SCHEDULE_CANCELLED',
    about: { scheduleId: 3 },
  });
  const missing = decideNewTimes({
    scheduleId: 3,
    schedule: undefined,
    change: {},
    acceptedAt: NOW,
  });
  expect(missing.refusal).toMatchObject({ code: 'SCHEDULE_NOT_FOUND', about: { scheduleId: 3 } });
});
