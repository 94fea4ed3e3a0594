/** When a draw can be announced, moved and cancelled. */
import { describe, expect, test } from 'vitest';
import {
  type AnnouncedDraw,
  cancelledWhileGathering,
  decideCancelledDraw,
  decideDraw,
  decideMovedDraw,
  drawOfConcert,
  otherOpenDraws,
} from '../../../src/domain/draws.ts';
import { minutesFromNow, NOW } from '../../support/builders.ts';
import { provePrecedence } from './rules.ts';

const DAY_MINUTES = 24 * 60;
const at = (opensAt: Date) => ({ gathersAt: NOW, opensAt });
const past = at(NOW);
const tooFar = at(new Date(minutesFromNow(30 * DAY_MINUTES).getTime() + 1));
const nearest = at(minutesFromNow(10));
const tooSoon = at(new Date(nearest.opensAt.getTime() - 1));
const farthest = at(minutesFromNow(30 * DAY_MINUTES));

const aDraw = (changes: Partial<AnnouncedDraw> = {}): AnnouncedDraw => ({
  concertId: 1,
  queueId: 1,
  gathersAt: minutesFromNow(-1),
  opensAt: minutesFromNow(1),
  cancelledAt: null,
  closedAt: null,
  drawnAt: null,
  ...changes,
});
const closed = aDraw({ closedAt: NOW });
/** It overlaps all times of these tests. */
const inTheWay = [
  aDraw({ concertId: 2, gathersAt: minutesFromNow(-1), opensAt: minutesFromNow(31 * DAY_MINUTES) }),
];

describe('announcing', () => {
  const worst = {
    concertId: 1,
    concertExists: false,
    isAnnounced: true,
    cancelled: { cancelledAt: minutesFromNow(1) } as { cancelledAt: Date } | undefined,
    others: inTheWay,
    times: past,
    acceptedAt: NOW,
  };
  provePrecedence(decideDraw, { input: worst, reason: 'CONCERT_NOT_FOUND' }, [
    {
      fixed: 'the missing concert',
      by: { concertExists: true },
      reason: 'DRAW_ALREADY_ANNOUNCED',
    },
    {
      fixed: 'the earlier announcement',
      by: { isAnnounced: false },
      reason: 'DRAW_ALREADY_ANNOUNCED',
    },
    {
      fixed: 'the draw of another concert',
      by: { others: [] },
      reason: 'DRAW_ALREADY_GATHERING',
    },
    {
      fixed: 'the users who gathered before',
      by: { cancelled: { cancelledAt: NOW } },
      reason: 'DRAW_IN_THE_PAST',
    },
    { fixed: 'the past time', by: { times: tooSoon }, reason: 'DRAW_TOO_SOON' },
    { fixed: 'the time too soon', by: { times: tooFar }, reason: 'DRAW_TOO_FAR_AHEAD' },
    { fixed: 'the time too far ahead', by: { times: farthest }, reason: undefined },
  ]);

  test('a draw whose users have not begun to gather can open at any time', () => {
    const times = { gathersAt: minutesFromNow(1), opensAt: minutesFromNow(2) };
    const given = { concertExists: true, isAnnounced: false, cancelled: undefined, others: [] };
    expect(decideDraw({ ...worst, ...given, times }).change).toEqual(times);
  });

  test('a draw keeps its times even if gathering has already begun', () => {
    const times = { gathersAt: minutesFromNow(-5), opensAt: minutesFromNow(10) };
    const given = { concertExists: true, isAnnounced: false, cancelled: undefined, others: [] };
    expect(decideDraw({ ...worst, ...given, times }).change).toEqual(times);
  });
});

describe('moving', () => {
  const worst = {
    concertId: 1,
    concertExists: false,
    draw: undefined as AnnouncedDraw | undefined,
    others: inTheWay,
    times: past,
    acceptedAt: NOW,
  };
  provePrecedence(decideMovedDraw, { input: worst, reason: 'CONCERT_NOT_FOUND' }, [
    { fixed: 'the missing concert', by: { concertExists: true }, reason: 'DRAW_NOT_FOUND' },
    { fixed: 'the missing draw', by: { draw: closed }, reason: 'DRAW_ALREADY_STARTED' },
    { fixed: 'the start', by: { draw: aDraw() }, reason: 'DRAW_ALREADY_ANNOUNCED' },
    {
      fixed: 'the draw of another concert',
      by: { others: [] },
      reason: 'DRAW_ALREADY_GATHERING',
    },
    {
      fixed: 'the gathering users',
      by: { draw: aDraw({ gathersAt: NOW }) },
      reason: 'DRAW_IN_THE_PAST',
    },
    { fixed: 'the past time', by: { times: tooSoon }, reason: 'DRAW_TOO_SOON' },
    { fixed: 'the time too soon', by: { times: tooFar }, reason: 'DRAW_TOO_FAR_AHEAD' },
    { fixed: 'the time too far ahead', by: { times: nearest }, reason: undefined },
  ]);

  const ahead = aDraw({ gathersAt: minutesFromNow(1), opensAt: minutesFromNow(9) });
  const moved = (gathersAt: Date) =>
    decideMovedDraw({
      ...worst,
      concertExists: true,
      draw: ahead,
      others: [],
      times: { gathersAt, opensAt: ahead.opensAt },
    });

  test('the start of gathering is moved while it is ahead, and not into the past, if the opening stays', () => {
    expect(moved(minutesFromNow(2)).change?.gathersAt).toEqual(minutesFromNow(2));
    expect(moved(NOW).refusal?.code).toBe('DRAW_IN_THE_PAST');
  });
});

describe('cancelling', () => {
  const worst = {
    concertId: 1,
    concertExists: false,
    draw: undefined as AnnouncedDraw | undefined,
    acceptedAt: NOW,
    now: minutesFromNow(1),
  };
  provePrecedence(decideCancelledDraw, { input: worst, reason: 'CONCERT_NOT_FOUND' }, [
    { fixed: 'the missing concert', by: { concertExists: true }, reason: 'DRAW_NOT_FOUND' },
    { fixed: 'the missing draw', by: { draw: closed }, reason: 'DRAW_ALREADY_STARTED' },
    { fixed: 'the start', by: { draw: aDraw() }, reason: undefined },
  ]);

  test.each([
    ['its time has come', aDraw({ opensAt: NOW })],
    ['it has closed', closed],
    ['it was held by an older version', aDraw({ drawnAt: NOW })],
  ])('is refused once %s', (_, draw) => {
    const decision = decideCancelledDraw({ ...worst, concertExists: true, draw });
    expect(decision.refusal?.code).toBe('DRAW_ALREADY_STARTED');
  });
});

describe('the draw whose seed the next one takes', () => {
  const cancelledAt = NOW;
  const gathered = aDraw({ gathersAt: NOW, cancelledAt });
  const before = aDraw({ cancelledAt: minutesFromNow(-1) });
  const others = [
    aDraw({ gathersAt: minutesFromNow(1), cancelledAt }),
    aDraw({ concertId: 2, cancelledAt }),
    aDraw({ queueId: 2, cancelledAt }),
    aDraw(),
  ];

  test('is the last one of the concert and queue that was cancelled after users began to gather', () => {
    const place = { concertId: 1, queueId: 1 };
    expect(cancelledWhileGathering([before, gathered, ...others], place)).toBe(gathered);
    expect(cancelledWhileGathering(others, place)).toBeUndefined();
  });
});

test('the other open draws are those of the queue that are neither held nor cancelled', () => {
  const [own, open] = [aDraw(), aDraw({ concertId: 2, closedAt: NOW })];
  const over = [aDraw({ drawnAt: NOW }), aDraw({ cancelledAt: NOW }), aDraw({ queueId: 2 })];
  expect(otherOpenDraws([own, open, ...over], 1, own)).toEqual([open]);
  expect(otherOpenDraws([own, open, ...over], 1)).toEqual([own, open]);
});

describe('the draw of a concert', () => {
  const concert = { id: 1, queueId: 2 };
  const held = aDraw({ queueId: 2, drawnAt: NOW });
  const left = aDraw({ queueId: 1 });
  const own = aDraw({ queueId: 2 });
  const other = aDraw({ concertId: 3 });
  const cancelled = aDraw({ queueId: 2, cancelledAt: NOW });

  test.each([
    ['is the one ahead in its queue', [left, held, own], own],
    ['is the one ahead in its former queue, rather than one that was held', [held, left], left],
    ['is the one that was held, if none is ahead', [other, held], held],
    ['is none that was cancelled, and none of another concert', [cancelled, other], undefined],
  ])('%s', (_, draws, expected) => {
    expect(drawOfConcert(draws, concert)).toBe(expected);
  });
});
