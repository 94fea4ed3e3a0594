/** Reads which seats of some ranges are free, by the index of seats by their state. */
import { sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { type Given, statement } from '../../../src/db/statement.ts';
import type { FreeSeats } from '../../../src/domain/best-seats/adjacent-seats.ts';
import type { KnownRange, KnownRanges } from './schedule-ranges.ts';

/** The ranges of a schedule that are to be read. */
export interface RangesToRead {
  scheduleId: number;
  known: KnownRanges;
  /** Gets the free seats of the ranges. */
  freeSeats: FreeSeats;
  /** By index. */
  ranges: ReadonlySet<number>;
}

interface Parts {
  scheduleIds: readonly number[];
  firstIds: readonly number[];
  lastIds: readonly number[];
}

/**
 * As JSON, which parses fastest. A seat whose hold has run out is left to the timer, which ends it unless its payment may be
 * pending: until then the best seats are others. Seats with a kind are never among them: nobody gets an
 * accessible seat who did not choose it.
 */
const freeSeatsOf = statement(
  'free seats of ranges',
  (given: Given<Parts>) => sql<{
    scheduleId: number;
    free: [range: number, id: number, number: number][];
  }>`
    select part.schedule_id as "scheduleId",
      json_agg(json_build_array(seat.range_index, seat.id, seat.number)) as free
    from unnest(${given.scheduleIds}::bigint[], ${given.firstIds}::bigint[], ${given.lastIds}::bigint[])
        as part(schedule_id, first_id, last_id)
      join seat on seat.schedule_id = part.schedule_id and seat.id between part.first_id and part.last_id
    where seat.state = 'available'
      and seat.kind = 0 and seat.blocked_reason is null
    group by part.schedule_id`,
);

/** Adds the free seats of these ranges to those of their schedules. */
export async function readFreeSeats(send: Send, wanted: readonly RangesToRead[]): Promise<void> {
  const parts = wanted.flatMap(partsOf);
  if (parts.length === 0) return;
  const found = await send(
    freeSeatsOf({
      scheduleIds: parts.map(({ scheduleId }) => scheduleId),
      firstIds: parts.map(({ firstId }) => firstId),
      lastIds: parts.map(({ lastId }) => lastId),
    }),
  );
  const bySchedule = new Map(found.map(({ scheduleId, free }) => [scheduleId, free]));
  for (const { scheduleId, known, freeSeats, ranges } of wanted) {
    const seats = (bySchedule.get(scheduleId) ?? []).map(([range, id, number]) => {
      return { range, id, number };
    });
    const byRange = Map.groupBy(seats, ({ range }) => range);
    for (const range of ranges) {
      const free = byRange.get(range) ?? [];
      freeSeats.addRange(range, free);
      known.lastFree.set(range, free.length);
    }
  }
}

/** The ids to look at: ranges whose seats follow each other are one part. */
function partsOf({ scheduleId, known, ranges }: RangesToRead) {
  const parts: Pick<KnownRange, 'firstId' | 'lastId'>[] = [];
  let isOpen = false;
  for (const { range, firstId, lastId } of known.ranges) {
    const isWanted = ranges.has(range);
    const last = parts.at(-1);
    if (isWanted && isOpen && last) last.lastId = lastId;
    else if (isWanted) parts.push({ firstId, lastId });
    isOpen = isWanted;
  }
  return parts.map((part) => ({ scheduleId, ...part }));
}
