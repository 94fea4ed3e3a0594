/** Which needs TypeScript refuses because nothing would be loaded for them. The type check fails as soon as it accepts one of these. */
import { expect, test } from 'vitest';
import type { Needs } from '../../../../workers/handlers/needs.ts';

test('a need that refines another one is not declared without it', () => {
  const refused: Needs[] = [
    // @ts-expect-error the check-ins of no order
    { order: { withCheckIns: true } },
    // @ts-expect-error the points of the user of no refund
    { refund: { withPoints: true } },
    // @ts-expect-error the seeds of no draw
    { draws: { withSeed: true } },
    // @ts-expect-error with draws their concerts are loaded anyway
    { draws: { concertIds: [1] }, concertIds: [1] },
    // @ts-expect-error no concert changes
    { changesConcerts: true },
    // @ts-expect-error the schedule of the area is not named, so its places would not count for the seat limit
    { places: { areas: [{ areaId: 1, quantity: 2 }] } },
  ];
  expect(refused).toHaveLength(6);
});

test('an order is named by its id or by one of its bookings, not by both', () => {
  const byId: Needs = { order: { id: 1, withPoints: true } };
  const byBooking: Needs = { order: { bookingId: 1, withCheckIns: true } };
  // @ts-expect-error two names
  const byBoth: Needs = { order: { id: 1, bookingId: 1 } };
  // @ts-expect-error points are looked up by the id of the order
  const withPoints: Needs = { order: { bookingId: 1, withPoints: true } };
  expect([byId, byBooking, byBoth, withPoints]).toHaveLength(4);
});
