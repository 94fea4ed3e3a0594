/** Adds a schedule of a concert with its seats and areas. */
import type {
  CreateSchedule,
  createSchedule,
  NewArea,
} from '../../../src/commands/concerts/create-schedule.ts';
import { decidePrices, type PricedCategory } from '../../../src/domain/halls/prices.ts';
import { noSuchConcert, noSuchHallVersion } from '../../../src/domain/not-found.ts';
import type { Decision } from '../../../src/domain/reasons.ts';
import type { Rows, SeatSegment } from '../../rows/rows.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { areasOf, segmentsOf } from '../operators/halls/schedule-of-hall.ts';
import { toSchedule } from './to-schedule.ts';

/** What a schedule sells. */
interface Offer {
  segments: readonly SeatSegment[];
  areas: readonly NewArea[];
  categories: PricedCategory[] | null;
}

export const handleCreateSchedule: HandlerOf<typeof createSchedule> = {
  isOperators: true,
  takesLong: true,

  needs: ({ concertId, hall }) => ({
    concertIds: [concertId],
    ...(hall && { hallVersion: hall }),
    newIds: { schedule: 1 },
  }),

  apply({ command: { input }, rows }) {
    const { concertId, hall, accessibleUntil } = input;
    if (!rows.concerts.get(concertId)) return rejected(noSuchConcert(concertId));
    const decision = decideOffer(rows, input);
    if (decision.refusal) return rejected(decision.refusal);
    const { segments, areas, categories } = decision.change;
    const prices = [...segments, ...areas].map(({ price }) => price);
    const schedule = rows.newSchedules.add({
      id: rows.newIds.schedule.take(),
      concertId,
      bookingStartAt: new Date(input.bookingStartAt),
      bookingEndAt: new Date(input.bookingEndAt),
      startAt: new Date(input.startAt),
      endAt: new Date(input.endAt),
      seatCount: placesIn(segments, areas),
      hallId: hall?.hallId ?? null,
      hallVersion: hall?.version ?? null,
      categories,
      accessibleUntil: accessibleUntil ? new Date(accessibleUntil) : null,
      priceFrom: Math.min(...prices),
      priceTo: Math.max(...prices),
      segments,
      areas,
    });
    return succeeded(toSchedule({ ...schedule, cancelledAt: null, closedAt: null }));
  },
};

function decideOffer(
  rows: Rows,
  { hall, seats = [], areas = [] }: CreateSchedule,
): Decision<Offer> {
  if (!hall) {
    const segments = seats.map((seat, range) => ({ range, ...seat, category: null, kind: 0 }));
    return { change: { segments, areas, categories: null } };
  }
  const { hallId, version } = hall;
  const found = rows.halls.version(hallId, version);
  if (!found) return { refusal: noSuchHallVersion(hallId, version) };
  const { plan } = found;
  const { change: categories, refusal } = decidePrices(plan.categories, hall.prices);
  if (refusal) return { refusal };
  const offer = { segments: segmentsOf(plan, categories), areas: areasOf(plan, categories) };
  return { change: { ...offer, categories } };
}

/** The seats, and the capacities of the areas. */
function placesIn(segments: readonly SeatSegment[], areas: readonly NewArea[]): number {
  const seats = segments.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  return areas.reduce((sum, { capacity }) => sum + capacity, seats);
}
