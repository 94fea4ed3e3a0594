/** What holds for every command: its name, its lane key, and the refusal of unknown or malformed input. */
import { describe, expect, test } from 'vitest';
import { type CommandName, commands } from '../../../src/commands/index.ts';

const hour = (hour: number) => `2026-05-01T${hour}:00:00.000Z`;
const hall = [{ section: 'A', row: '1', from: 1, to: 9, price: 10 }];
const packed = { categories: [{ name: 'Stalls' }], sections: [] };
const window = { bookingStartAt: hour(10), bookingEndAt: hour(11) };

/** The smallest valid input of each command. */
const valid: Record<CommandName, Record<string, unknown>> = {
  'announce-draw': { concertId: 1, gathersAt: hour(10), opensAt: hour(11) },
  'block-seats': { seatIds: [1], reason: 'camera' },
  'book-seat': { seatId: 1 },
  'book-seats': { seatIds: [1] },
  'cancel-booking': { bookingId: 1 },
  'cancel-draw': { concertId: 1 },
  'cancel-order': { orderId: 1 },
  'cancel-order-as-operator': { orderId: 1, reason: 'The buyer is ill' },
  'cancel-schedule': { scheduleId: 1, reason: 'The singer is ill' },
  'charge-points': { amount: 1 },
  'charge-points-as-operator': { amount: 1, subject: 'ada' },
  'check-in': { ticketId: 1, scheduleId: 2, gate: 'North 2' },
  'checkout-opened': { callId: 1, checkoutId: 1, key: 'k', answer: { kind: 'over' } },
  'close-concert': { concertId: 1, reason: 'Sold elsewhere' },
  'close-schedule': { scheduleId: 1, reason: 'Sold elsewhere' },
  'create-concert': { title: 'Unplugged' },
  'create-hall': { name: 'Opera House', plan: packed },
  'create-queue': { name: 'The Gala', concertIds: [1] },
  'create-schedule': { concertId: 1, ...window, startAt: hour(20), endAt: hour(22), seats: hall },
  'edit-concert': { concertId: 1 },
  'edit-schedule': { scheduleId: 1 },
  'end-cancelled-order': { orderId: 1, scheduleId: 1 },
  'end-refund': { refundId: 1, as: 'points', reason: 'The card is closed' },
  'enter-queue': {},
  'leave-queue': {},
  'move-draw': { concertId: 1, gathersAt: hour(10), opensAt: hour(11) },
  'open-gate': { scheduleId: 1, gate: 'North 2' },
  'pay-booking': { bookingId: 1 },
  'pay-order': { orderId: 1 },
  'place-order': { scheduleId: 1, seatIds: [1, 2] },
  'refund-ended': {
    ...{ checkoutId: 1, refundId: 1, attempt: 1, key: 'k' },
    answer: { kind: 'done', ref: 're_1' },
  },
  'register-webhook': { url: 'https://example.com/hook' },
  'release-seats': { seatIds: [1] },
  'remove-webhook': { webhookId: 1 },
  'reopen-concert': { concertId: 1 },
  'reopen-schedule': { scheduleId: 1 },
  'retry-call': { callId: 1 },
  'retry-cancellation': { scheduleId: 1 },
  'retry-refund': { refundId: 1 },
  'save-hall': { hallId: 1, baseVersion: 1, plan: packed },
  'set-admission': {},
  'set-concert-image': { concertId: 1, type: 'image/png', data: 'iVBORw0KGgoAAAAA' },
  'settle-checkout': {
    checkoutId: 1,
    orderId: 1,
    key: 'checkout-1-x',
    provider: 'sandbox',
    outcome: 'expired',
  },
  'start-checkout': { orderId: 1, returnUrl: 'http://localhost:3000/', provider: 'sandbox' },
  'start-top-up': { amount: 1, returnUrl: 'http://localhost:3000/', provider: 'sandbox' },
  'use-points': { amount: 1 },
};

const names = Object.keys(commands) as CommandName[];

describe.each(names)('%s', (name) => {
  const { input } = commands[name];

  test('has the name under which it is registered', () => {
    expect(commands[name].name).toBe(name);
  });

  test('accepts a valid input', () => {
    expect(input.safeParse(valid[name]).success).toBe(true);
  });

  test.each(['userId', 'subject', 'constructor', 'toString'])(
    'refuses the unknown field %s',
    (field) => {
      expect(input.safeParse({ ...valid[name], [field]: 1 }).success).toBe(false);
    },
  );

  test.each([[null], [undefined], [[]], ['{}'], [5], [true]])('refuses the input %j', (given) => {
    expect(input.safeParse(given).success).toBe(false);
  });

  test('parses its own parsed input to the same value, as a worker reads it from Redis', () => {
    const once = input.parse(valid[name]);
    expect(input.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });
});

/** The fields of each command that are ids. */
const idFields = [
  ['announce-draw', 'concertId'],
  ['book-seat', 'seatId'],
  ['cancel-booking', 'bookingId'],
  ['cancel-draw', 'concertId'],
  ['cancel-order', 'orderId'],
  ['cancel-order-as-operator', 'orderId'],
  ['check-in', 'ticketId'],
  ['check-in', 'scheduleId'],
  ['checkout-opened', 'callId'],
  ['checkout-opened', 'checkoutId'],
  ['cancel-schedule', 'scheduleId'],
  ['close-concert', 'concertId'],
  ['close-schedule', 'scheduleId'],
  ['create-schedule', 'concertId'],
  ['edit-concert', 'concertId'],
  ['edit-schedule', 'scheduleId'],
  ['end-cancelled-order', 'orderId'],
  ['end-cancelled-order', 'scheduleId'],
  ['end-refund', 'refundId'],
  ['move-draw', 'concertId'],
  ['pay-booking', 'bookingId'],
  ['pay-order', 'orderId'],
  ['place-order', 'scheduleId'],
  ['refund-ended', 'checkoutId'],
  ['refund-ended', 'refundId'],
  ['remove-webhook', 'webhookId'],
  ['reopen-concert', 'concertId'],
  ['reopen-schedule', 'scheduleId'],
  ['retry-call', 'callId'],
  ['retry-cancellation', 'scheduleId'],
  ['set-concert-image', 'concertId'],
  ['retry-refund', 'refundId'],
  ['save-hall', 'hallId'],
  ['settle-checkout', 'checkoutId'],
  ['start-checkout', 'orderId'],
] as const;

describe.each(idFields)('%s with the field %s', (name, field) => {
  const accepts = (id: unknown) =>
    commands[name].input.safeParse({ ...valid[name], [field]: id }).success;

  test.each([1, 2 ** 31, Number.MAX_SAFE_INTEGER])('accepts %d', (id) => {
    expect(accepts(id)).toBe(true);
  });

  test.each([
    0,
    -1,
    1.5,
    2 ** 53,
    1e21,
    1e308,
    Number.POSITIVE_INFINITY,
    Number.NaN,
    1n,
    '1',
    null,
    undefined,
    true,
    [1],
    {},
  ])('refuses %o', (id) => {
    expect(accepts(id)).toBe(false);
  });
});

describe('the lane key', () => {
  test('of book-seat is the seat, whoever sends the command', () => {
    const { laneKey } = commands['book-seat'];
    expect(laneKey({ seatId: 7 }, 'ada')).toEqual({ kind: 'seat', key: '7' });
    expect(laneKey({ seatId: 7 }, 'bea')).toEqual({ kind: 'seat', key: '7' });
  });

  test('of check-in is the ticket, whichever gate scans it, and never that of a seat', () => {
    const { laneKey } = commands['check-in'];
    const scan = { ticketId: 7, scheduleId: 2, gate: 'North 2' };
    const key = { kind: 'seat', key: 'ticket:7' };
    expect(laneKey(scan, 'one gate')).toEqual(key);
    expect(laneKey({ ...scan, gate: 'South 1' }, 'another gate')).toEqual(key);
  });

  test('of charge-points-as-operator is the user who gets the points', () => {
    const { laneKey } = commands['charge-points-as-operator'];
    const key = { kind: 'user', key: 'bea' };
    expect(laneKey({ amount: 1, subject: 'bea' }, 'an operator')).toEqual(key);
  });

  test('of an order of one named seat is the seat, of others the user', () => {
    const { laneKey } = commands['place-order'];
    const bestAvailable = { quantity: 1 };
    expect(laneKey({ scheduleId: 1, seatIds: [7] }, 'ada')).toEqual({ kind: 'seat', key: '7' });
    const user = { kind: 'user', key: 'ada' };
    expect(laneKey({ scheduleId: 1, seatIds: [7, 8] }, 'ada')).toEqual(user);
    expect(laneKey({ scheduleId: 1, bestAvailable }, 'ada')).toEqual(user);
  });

  const ofQueue = ['enter-queue', 'leave-queue'] as const;
  const ofSchedule = [
    'cancel-schedule',
    'close-schedule',
    'edit-schedule',
    'open-gate',
    'reopen-schedule',
    'retry-cancellation',
  ] as const;
  const ofConcert = [
    'close-concert',
    'edit-concert',
    'reopen-concert',
    'set-concert-image',
  ] as const;
  const ofOthers = ['book-seat', 'check-in', 'charge-points-as-operator'];
  const others: readonly string[] = [...ofOthers, ...ofQueue, ...ofSchedule, ...ofConcert];
  const byUser = names.filter((name) => !others.includes(name));
  test.each(ofQueue)(
    'of %s is the same for all users, so that numbers follow the order of arrival',
    (name) => {
      const { laneKey } = commands[name];
      expect(laneKey({}, 'ada')).toEqual(laneKey({}, 'bea'));
      // As older versions enqueued them, so that pending ones are found.
      expect(laneKey({}, 'ada')).toEqual({ kind: 'user', key: 'the waiting queue' });
      expect(laneKey({ queueId: 1 }, 'ada')).toEqual(laneKey({}, 'ada'));
      const [second, third] = [laneKey({ queueId: 2 }, 'ada'), laneKey({ queueId: 3 }, 'ada')];
      expect(second).toEqual(laneKey({ queueId: 2 }, 'bea'));
      expect(second).not.toEqual(third);
      // No subject contains NUL, so no user has the key of a queue.
      expect(second.key).toContain('\0');
    },
  );

  test.each(ofConcert)('of %s is the concert, whoever sends the command', (name) => {
    const laneKey = commands[name].laneKey as (input: object, subject: string) => object;
    const key = { kind: 'seat', key: 'concert:7' };
    expect(laneKey({ concertId: 7 }, 'an operator')).toEqual(key);
  });

  test.each(ofSchedule)('of %s is the schedule', (name) => {
    const { laneKey } = commands[name];
    const ofOne = { kind: 'seat', key: 'schedule:1' };
    expect(laneKey({ scheduleId: 1, gate: 'North 2', reason: 'Rain' }, 'ada')).toEqual(ofOne);
    expect(laneKey({ scheduleId: 1, gate: 'North 2', reason: 'Snow' }, 'bea')).toEqual(ofOne);
  });

  test.each(byUser)('of %s is the user, whatever the input is', (name) => {
    const laneKey = commands[name].laneKey as (input: object, subject: string) => object;
    expect(laneKey(valid[name], 'ada')).toEqual({ kind: 'user', key: 'ada' });
  });
});
