/** Which times of two draws of a queue overlap. */
import { expect, test } from 'vitest';
import { refuseOverlap } from '../../../src/domain/draw-times.ts';
import { minutesFromNow } from '../../support/builders.ts';

const timed = (concertId: number, from: number, to: number) => ({
  concertId,
  gathersAt: minutesFromNow(from),
  opensAt: minutesFromNow(to),
});

test.each([
  ['before another one', 0, 9, false],
  ['until another one gathers', 0, 10, false],
  ['until after another one gathers', 0, 11, true],
  ['at the times of another one', 10, 20, true],
  ['within the time of another one', 12, 18, true],
  ['around the time of another one', 9, 21, true],
  ['before another one opens', 19, 30, true],
  ['once another one opens', 20, 30, false],
  ['after another one', 21, 30, false],
])('a draw that gathers %s (%i to %i, and 10 to 20): refused is %s', (_, from, to, isRefused) => {
  const others = [timed(2, 100, 110), timed(3, 10, 20)];
  const refusal = refuseOverlap(timed(1, from, to), others);
  expect(refusal?.code).toBe(isRefused ? 'DRAW_ALREADY_ANNOUNCED' : undefined);
});

test('the refusal names the other concert and its times', () => {
  const other = timed(3, 10, 20);
  const detail = refuseOverlap(timed(1, 0, 11), [other])?.detail;
  expect(detail).toContain('that of concert 3 ');
  expect(detail).toContain(
    `from ${other.gathersAt.toISOString()} to ${other.opensAt.toISOString()}`,
  );
});
