/** The rates that the board computes from its readings. */
import { expect, test } from 'vitest';
import type { Admission } from '../../../../../src/client/index.ts';
import {
  add,
  admittedPerWindow,
  commandRates,
  type Reading,
  ratesByCommand,
} from '../../../../../src/web/board/rush/history.ts';

const admission: Admission = {
  queueId: 1,
  isPaused: false,
  isGathering: false,
  isSoldOut: false,
  admitLimit: 10,
  admitWindowSeconds: 2,
  maxActive: 100,
  waiting: 0,
  active: 0,
  passedOver: 0,
  lastAdmitted: 0,
  admittedLastMinute: 0,
};

function reading(second: number, done: number, process = 1): Reading {
  return {
    at: second * 1000,
    process,
    admission: { ...admission, lastAdmitted: second * 5 },
    counts: new Map([
      ['book-seat', new Map([['succeeded', done]])],
      ['pay-order', new Map([['succeeded', 0]])],
    ]),
    buckets: [],
    lanes: new Map(),
    waitingRequests: 0,
  };
}

test('commands per second are averaged over two seconds, and those without outcomes are not listed', () => {
  const history = [0, 1, 2, 3].map((second) => reading(second, second * 100));
  expect(commandRates(history)).toEqual([0, 100, 100, 100]);
  expect(ratesByCommand(history)).toEqual([
    { command: 'book-seat', perSecond: 100, totals: { succeeded: 300, rejected: 0, failed: 0 } },
  ]);
});

test('counters of different processes are not compared', () => {
  const history = [reading(0, 1000, 1), reading(1, 5, 2), reading(2, 1010, 1), reading(3, 9, 2)];
  expect(commandRates(history)).toEqual([0, 0, 5, 2]);
});

test('admissions per window are averaged over several windows', () => {
  const history = [0, 1, 2, 4, 6, 8].map((second) => reading(second, 0));
  expect(admittedPerWindow(history)).toEqual([0, 5, 10, 10, 10, 10]);
});

test('readings older than three minutes are dropped', () => {
  let history: Reading[] = [];
  for (let second = 0; second < 500; second += 1) history = add(history, reading(second, 0));
  expect(history).toHaveLength(180);
});
