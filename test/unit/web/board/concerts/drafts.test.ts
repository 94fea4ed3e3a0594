/** What the form of a performance becomes. */
import { expect, test } from 'vitest';
import {
  NO_HALL,
  placesOf,
  toHallSchedule,
  toNewSchedule,
} from '../../../../../src/web/board/concerts/drafts.ts';
import { localTime } from '../../../../../src/web/board/local-time.ts';

const range = { section: ' Stalls ', row: '', from: '1', to: '20', price: '500' };
const area = { name: ' Floor ', capacity: '300', price: '0' };
const times = {
  startAt: '2026-05-01T19:00:00.000Z',
  endAt: '2026-05-01T21:00:00.000Z',
  bookingStartAt: '2026-04-01T10:00:00.000Z',
  bookingEndAt: '2026-05-01T18:00:00.000Z',
};

test('counts the places of complete lines', () => {
  expect(placesOf([range], [area])).toBe(320);
  expect(placesOf([range, { ...range, from: '' }, { ...range, from: '30' }], [])).toBe(20);
  expect(placesOf([], [{ ...area, capacity: '' }])).toBe(0);
});

test('becomes a request without the parts that are empty', () => {
  expect(toNewSchedule(times, [range], [area])).toEqual({
    ...times,
    seats: [{ section: 'Stalls', row: null, from: 1, to: 20, price: 500 }],
    areas: [{ name: 'Floor', capacity: 300, price: 0 }],
  });
  expect(toNewSchedule(times, [], [area])).not.toHaveProperty('seats');
  expect(toNewSchedule(times, [range], [])).not.toHaveProperty('areas');
});

test('a hall becomes a request with its prices', () => {
  const draft = { hallId: 3, version: 2, prices: { Best: '900', Gallery: '0' } };
  const hall = { hallId: 3, version: 2, prices: { Best: 900, Gallery: 0 } };
  expect(toHallSchedule(times, { ...draft, accessibleUntil: '' })).toEqual({ ...times, hall });
  const accessibleUntil = '2026-04-20T10:00:00.000Z';
  const typed = localTime(accessibleUntil);
  expect(toHallSchedule(times, { ...draft, accessibleUntil: typed })).toEqual({
    ...times,
    hall,
    accessibleUntil,
  });
  expect(toHallSchedule(times, NO_HALL)).toBeUndefined();
});
