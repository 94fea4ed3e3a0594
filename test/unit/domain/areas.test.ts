/** When places of an area can be held. */
import { describe, expect, test } from 'vitest';
import { decideAreaHold, freePlaces } from '../../../src/domain/areas.ts';
import { anArea, NOW } from '../../support/builders.ts';
import { provePrecedence } from './rules.ts';

type HoldInput = Parameters<typeof decideAreaHold>[0];

const aMomentAgo = new Date(NOW.getTime() - 1);
const inAMoment = new Date(NOW.getTime() + 1);

describe('holding places of an area', () => {
  const sold = { capacity: 10, held: 0, sold: 9 };
  const held = { capacity: 10, held: 6, sold: 3 };
  const worst: HoldInput = {
    areaId: 4,
    scheduleId: 2,
    area: undefined,
    quantity: 2,
    given: 0,
    acceptedAt: NOW,
    limit: { live: 9, max: 10 },
  };

  provePrecedence(decideAreaHold, { input: worst, reason: 'AREA_NOT_FOUND' }, [
    {
      fixed: 'the missing area',
      by: { area: anArea({ ...sold, scheduleId: 9, bookingStartAt: inAMoment }) },
      reason: 'AREA_NOT_FOUND',
    },
    {
      fixed: 'the area of another schedule',
      by: { area: anArea({ ...sold, bookingStartAt: inAMoment, bookingEndAt: NOW }) },
      reason: 'BOOKING_NOT_STARTED',
    },
    {
      fixed: 'the window that has not opened',
      by: { area: anArea({ ...sold, bookingStartAt: NOW, bookingEndAt: NOW }) },
      reason: 'BOOKING_CLOSED',
    },
    {
      fixed: 'the window that has closed',
      by: { area: anArea({ ...sold, bookingEndAt: inAMoment }) },
      reason: 'AREA_SOLD_OUT',
    },
    { fixed: 'the sale of all places but one', by: { area: anArea(held) }, reason: 'AREA_HELD' },
    {
      fixed: 'the holds of others, one of which has run out',
      by: { given: 1 },
      reason: 'SEAT_LIMIT_REACHED',
    },
    { fixed: 'the limit', by: { limit: { live: 8, max: 10 } }, reason: undefined },
  ]);

  const fine: HoldInput = { ...worst, area: anArea(), limit: { live: 0, max: 10 } };

  test('the places are counted as held, and those of ended holds no more', () => {
    const area = anArea({ capacity: 10, held: 7, sold: 3 });
    expect(decideAreaHold({ ...fine, area, given: 2 }).change).toEqual({ held: 7 });
    expect(decideAreaHold(fine).change).toEqual({ held: 2 });
  });

  test('the last place can be held, and no further one', () => {
    const area = anArea({ capacity: 10, held: 5, sold: 3 });
    expect(decideAreaHold({ ...fine, area }).change).toEqual({ held: 7 });
    expect(decideAreaHold({ ...fine, area, quantity: 3 }).refusal?.code).toBe('AREA_HELD');
    expect(freePlaces(area)).toBe(2);
  });

  test('a command that was accepted within the window holds places even if it is applied later', () => {
    const area = anArea({ bookingEndAt: NOW });
    expect(decideAreaHold({ ...fine, area, acceptedAt: aMomentAgo }).refusal).toBeUndefined();
  });

  test('a refusal names the area, and what is left of it', () => {
    const area = anArea({ capacity: 3, held: 1, sold: 2 });
    expect(decideAreaHold({ ...fine, area }).refusal).toEqual({
      code: 'AREA_SOLD_OUT',
      detail: 'Area 4 has only 1 of its places left.',
      about: { areaId: 4, available: 0 },
    });
  });
});
