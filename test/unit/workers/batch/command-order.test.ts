/** The order in which the commands of several lanes are applied. */
import { expect, test } from 'vitest';
import type { TakenCommand } from '../../../../workers/batch/batch.ts';
import { inAcceptedOrder } from '../../../../workers/batch/command-order.ts';

const command = (jobId: string, acceptedAt: number): TakenCommand => ({
  jobId,
  name: 'book-seat',
  accepted: { acceptedAt, requestHash: '', input: {}, subject: 'ada' },
});

const order = (...lanes: [jobId: string, acceptedAt: number][][]) =>
  inAcceptedOrder(lanes.map((lane) => lane.map(([id, at]) => command(id, at)))).map(
    ({ jobId }) => jobId,
  );

test('lanes are merged by the time of acceptance', () => {
  const seat: [string, number][] = [
    ['s1', 10],
    ['s2', 30],
  ];
  const user: [string, number][] = [
    ['u1', 20],
    ['u2', 40],
  ];
  expect(order(seat, user)).toEqual(['s1', 'u1', 's2', 'u2']);
});

test('a lane keeps its order even if its times decrease', () => {
  const crooked: [string, number][] = [
    ['s1', 30],
    ['s2', 10],
    ['s3', 31],
  ];
  expect(order(crooked, [['u1', 20]])).toEqual(['u1', 's1', 's2', 's3']);
});

test('commands with equal times stay grouped by lane', () => {
  expect(order([['s1', 5]], [['u1', 5]], [['u2', 5]])).toEqual(['s1', 'u1', 'u2']);
});

test('a single lane, or none, is unchanged', () => {
  const crooked: [string, number][] = [
    ['s1', 30],
    ['s2', 10],
  ];
  expect(order(crooked)).toEqual(['s1', 's2']);
  expect(order()).toEqual([]);
});
