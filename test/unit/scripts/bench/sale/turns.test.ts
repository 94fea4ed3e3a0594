/** The checks of the order of turns find each kind of wrong turn, and nothing else. */
import { describe, expect, test } from 'vitest';
import {
  countLateTurns,
  countOvertakenEntering,
  TurnWatch,
} from '../../../../../scripts/bench/sale/turns.ts';

const entering = (number: number, sentAt: number, answeredAt: number, queue = 0) => ({
  queue,
  number,
  sentAt,
  answeredAt,
});

describe('entering', () => {
  test('requests that overlap may get their numbers in either order', () => {
    expect(countOvertakenEntering([entering(2, 0, 10), entering(1, 5, 12)])).toBe(0);
  });

  test('a request that was sent after the answer to another must get a higher number', () => {
    expect(countOvertakenEntering([entering(2, 0, 10), entering(1, 11, 12)])).toBe(1);
    expect(countOvertakenEntering([entering(1, 0, 10), entering(2, 11, 12)])).toBe(0);
  });

  test('each queue has numbers of its own', () => {
    expect(countOvertakenEntering([entering(2, 0, 10), entering(1, 11, 12, 1)])).toBe(0);
  });

  test('every user who was overtaken is counted, in any order of the list', () => {
    const all = [entering(2, 11, 12), entering(3, 0, 10), entering(1, 20, 30)];
    expect(countOvertakenEntering(all)).toBe(2);
  });
});

describe('admissions', () => {
  const admission = (number: number, admittedAt: number, queue = 0) => ({
    queue,
    number,
    admittedAt,
  });

  test('users of one run are admitted together', () => {
    expect(countLateTurns([admission(2, 5), admission(1, 5), admission(3, 6)])).toBe(0);
  });

  test('a user who is admitted in a later run than a higher number is found', () => {
    expect(countLateTurns([admission(1, 7), admission(2, 5), admission(3, 6)])).toBe(1);
  });

  test('another queue does not matter', () => {
    expect(countLateTurns([admission(1, 7), admission(2, 5, 1)])).toBe(0);
  });
});

describe('what users see', () => {
  const seen = (sentAt: number, number: number, queue = 0) => {
    const watch = new TurnWatch();
    watch.sawActive({ queue: 0, number: 5 }, 1000);
    watch.sawActive({ queue: 0, number: 3 }, 1500);
    watch.sawWaiting({ queue, number }, sentAt);
    return watch.overtaken;
  };

  test('a lower number that still waits a while after a higher one was seen active is found', () => {
    expect(seen(2001, 4)).toBe(1);
  });

  test('an API process may learn of an admission within a second', () => {
    expect(seen(1999, 4)).toBe(0);
  });

  test('a higher number may wait, and so may users of another queue', () => {
    expect(seen(9000, 6)).toBe(0);
    expect(seen(9000, 4, 1)).toBe(0);
  });
});
