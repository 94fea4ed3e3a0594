/** The row of a schedule as the resource that outcomes show. */
import type { Schedule } from '../../../src/commands/schemas/resources.ts';
import type { ScheduleRow } from '../../rows/rows.ts';

export function toSchedule(
  row: Omit<ScheduleRow, 'cancelReason' | 'closeReason' | 'hasOrders'>,
): Schedule {
  const { id, concertId, seatCount, hallId, hallVersion, categories, accessibleUntil } = row;
  const { priceFrom, priceTo } = row;
  return {
    id,
    concertId,
    bookingStartAt: row.bookingStartAt.toISOString(),
    bookingEndAt: row.bookingEndAt.toISOString(),
    startAt: row.startAt.toISOString(),
    endAt: row.endAt.toISOString(),
    seatCount,
    state: stateOf(row),
    prices: priceFrom === null || priceTo === null ? null : { from: priceFrom, to: priceTo },
    hall: hallId === null || hallVersion === null ? null : { hallId, version: hallVersion },
    categories,
    accessibleUntil: accessibleUntil?.toISOString() ?? null,
  };
}

function stateOf({ cancelledAt, closedAt }: Pick<ScheduleRow, 'cancelledAt' | 'closedAt'>) {
  if (cancelledAt !== null) return 'cancelled';
  return closedAt === null ? 'scheduled' : 'closed';
}
