/** A user's position in the queue. */
import { expect, test } from 'vitest';
import type { QueueCounters } from '../../../../src/db/reads/queue/counters.ts';
import { positionOf } from '../../../../src/http/queue/position.ts';

const counters = (given: Partial<QueueCounters>): QueueCounters => ({
  id: 1,
  name: 'The house queue',
  createdAt: new Date(0),
  isGathering: false,
  opensAt: null,
  waiting: 10,
  active: 0,
  lastNumber: 10,
  lastAdmitted: 0,
  passedOver: 0,
  firstWaiting: 1,
  admittedLastMinute: 0,
  isPaused: false,
  isSoldOut: false,
  admitLimit: null,
  admitWindowMs: null,
  maxActive: null,
  ...given,
});

test.each<[string, number, Partial<QueueCounters>, number]>([
  ['the tenth of ten is tenth', 10, {}, 10],
  ['the last is first where all ahead have left', 10, { waiting: 1, firstWaiting: 10 }, 1],
  ['a position is at most the number of waiting users', 10, { waiting: 4 }, 4],
  ['a number that is younger than the counters counts on', 13, { waiting: 1 }, 4],
  ['a number after an admission counts from there', 10, { lastAdmitted: 7, waiting: 3 }, 3],
  ['a skipped user is first', 3, { lastAdmitted: 7, passedOver: 1, firstWaiting: 3 }, 1],
])('%s', (_case, number, given, position) => {
  expect(positionOf(number, counters(given))).toBe(position);
});
