/** What an order may name, and which lane orders it. */
import { describe, expect, test } from 'vitest';
import { placeCount, placeOrder } from '../../../../src/commands/orders/place-order.ts';

const area = (areaId: number, quantity = 1) => ({ areaId, quantity });
const best = { quantity: 2 };
const parse = (places: object) => placeOrder.input.safeParse({ scheduleId: 1, ...places });

describe('an order', () => {
  test.each([
    [{ seatIds: [7] }, 1],
    [{ areas: [area(4, 10)] }, 10],
    [{ bestAvailable: best }, 2],
    [{ seatIds: [7, 8], areas: [area(4), area(5, 2)], bestAvailable: best }, 7],
    [{ seatIds: [7], areas: [] }, 1],
    [{ seatIds: [], areas: [area(4, 2)] }, 2],
    [{ seatIds: [], bestAvailable: best }, 2],
  ])('can be of %j', (places, count) => {
    const { data } = parse(places);
    expect(data && placeCount(data)).toBe(count);
  });

  test.each([
    {},
    { seatIds: [] },
    { areas: [] },
    { seatIds: [], areas: [] },
    { areas: [area(4, 0)] },
    { areas: [area(4, 11)] },
    { areas: [area(4), area(4)] },
    { areas: [area(4, 6), area(5, 5)] },
    { seatIds: [7], areas: [area(4, 10)] },
    { areas: [area(4, 9)], bestAvailable: best },
    { areas: [{ ...area(4), price: 1 }] },
  ])('cannot be of %j', (places) => {
    expect(parse(places).success).toBe(false);
  });
});

describe('the key', () => {
  test.each([
    [{ seatIds: [7] }, { kind: 'seat', key: '7' }],
    [{ areas: [area(7, 3)] }, { kind: 'seat', key: 'area:7' }],
    [
      { seatIds: [7], areas: [] },
      { kind: 'seat', key: '7' },
    ],
    [
      { seatIds: [], areas: [area(7)] },
      { kind: 'seat', key: 'area:7' },
    ],
    [{ seatIds: [7, 8] }, { kind: 'user', key: 'ada' }],
    [{ areas: [area(7), area(8)] }, { kind: 'user', key: 'ada' }],
    [
      { seatIds: [7], areas: [area(7)] },
      { kind: 'user', key: 'ada' },
    ],
    [
      { seatIds: [7], bestAvailable: best },
      { kind: 'user', key: 'ada' },
    ],
    [
      { areas: [area(7)], bestAvailable: best },
      { kind: 'user', key: 'ada' },
    ],
    [{ bestAvailable: best }, { kind: 'user', key: 'ada' }],
  ])('of %j is %j', (places, key) => {
    expect(placeOrder.laneKey({ scheduleId: 1, ...places }, 'ada')).toEqual(key);
  });
});
