/** Reads the seats of a schedule: their unchanging details, their current states, and the seats in one state. */
import { sql } from 'kysely';
import type { Seat } from '../../../commands/schemas/resources.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { db, type Given, statement } from '../../statement.ts';
import { readAreasOfEach } from './areas.ts';

/**
 * A seat with an expired hold counts as available even before it is released. A seat blocked by operators counts as held.
 */
const conditions = {
  available: sql<boolean>`(blocked_reason is null
    and (state = 'available' or (state = 'held' and held_until <= statement_timestamp())))`,
  held: sql<boolean>`(blocked_reason is not null
    or (state = 'held' and held_until > statement_timestamp()))`,
  sold: sql<boolean>`state = 'sold'`,
};

/**
 * The order of the ranges. It equals the order of `id`, but hides that from the planner, which would otherwise scan the
 * primary key over the seats of all schedules to avoid a sort.
 */
const inOrder = sql`id + 0`;

/** The unchanging details of a seat. */
export type FixedSeat = Omit<Seat, 'state' | 'isBlocked' | 'blockedReason'>;

/** The kinds by their number in the table, as SEAT_KINDS has them; null for 0. */
const kindOfSeat = sql<
  FixedSeat['kind'] | null
>`case kind when 1 then 'accessible' when 2 then 'companion' end`;

interface OfSchedule {
  scheduleId: number;
}

const seatsOf = ({ scheduleId }: Given<OfSchedule>) =>
  db.selectFrom('seat').where('schedule_id', '=', scheduleId);

const fixedSeats = statement('fixed seats', (given: Given<OfSchedule>) =>
  seatsOf(given)
    .select(['id', 'section', 'row_name as row', 'number', 'price', 'category'])
    .select(kindOfSeat.as('kind'))
    .orderBy(inOrder),
);
const scheduleWith = statement('a schedule', ({ scheduleId }: Given<OfSchedule>) =>
  db.selectFrom('schedule').select('id').where('id', '=', scheduleId),
);

/**
 * The seats of a schedule without their states, in the order of its ranges.
 * @returns undefined if the schedule does not exist
 */
export async function readFixedSeats(
  orm: Database,
  scheduleId: number,
): Promise<FixedSeat[] | undefined> {
  const seats = await rowsOf(orm, fixedSeats({ scheduleId }));
  if (seats.length > 0) return seats.map(toFixedSeat);
  const found = await rowsOf(orm, scheduleWith({ scheduleId }));
  return found.length > 0 ? [] : undefined;
}

/** Most seats have no kind, and those of ranges no category: the list leaves both out. */
function toFixedSeat({
  category,
  kind,
  ...seat
}: Omit<FixedSeat, 'category' | 'kind'> & {
  category: number | null;
  kind: FixedSeat['kind'] | null;
}): FixedSeat {
  return { ...seat, ...(category !== null && { category }), ...(kind && { kind }) };
}

const seatStates = statement('states of seats', (given: Given<OfSchedule>) =>
  seatsOf(given).select(
    sql<string | null>`string_agg(
      case when blocked_reason is not null then 'b' when ${conditions.available} then 'a'
        when state = 'sold' then 's' else 'h' end,
      '' order by ${inOrder})`.as('states'),
  ),
);

/** One character per seat, in the same order: `a` available, `h` held, `s` sold, `b` blocked, which counts as held. */
export async function readSeatStates(orm: Database, scheduleId: number): Promise<string> {
  const [row] = await rowsOf(orm, seatStates({ scheduleId }));
  return row?.states ?? '';
}

/** The ids of seats, in the order of the ranges. */
export interface FoundIds {
  ids: number[];
  /** Those of them that operators have blocked. */
  blockedIds: number[];
}

/** Reads strings, because the driver takes ten times as long to parse an array or one row per seat. */
const idsInState = (state: Seat['state']) =>
  statement(`seats that are ${state}`, (given: Given<OfSchedule>) =>
    seatsOf(given)
      .select(sql<string | null>`string_agg(id::text, ',' order by ${inOrder})`.as('ids'))
      .select(
        sql<string | null>`string_agg(id::text, ',' order by ${inOrder})
          filter (where blocked_reason is not null)`.as('blockedIds'),
      )
      .where(conditions[state]),
  );
const idsByState = {
  available: idsInState('available'),
  held: idsInState('held'),
  sold: idsInState('sold'),
};

/** The ids of a schedule's seats in one state, read by index. */
export async function readIdsInState(
  orm: Database,
  scheduleId: number,
  state: Seat['state'],
): Promise<FoundIds> {
  const [row] = await rowsOf(orm, idsByState[state]({ scheduleId }));
  return {
    ids: JSON.parse(`[${row?.ids ?? ''}]`),
    blockedIds: JSON.parse(`[${row?.blockedIds ?? ''}]`),
  };
}

const blockedSeats = statement('blocked seats', (given: Given<OfSchedule>) =>
  seatsOf(given)
    .select((seat) => ['id', seat.ref('blocked_reason').$notNull().as('blockedReason')])
    .where('blocked_reason', 'is not', null)
    .orderBy(inOrder),
);

/** The reasons why operators have blocked seats of a schedule, by seat id. */
export async function readBlockedReasons(
  orm: Database,
  scheduleId: number,
): Promise<Map<number, string>> {
  const rows = await rowsOf(orm, blockedSeats({ scheduleId }));
  return new Map(rows.map(({ id, blockedReason }) => [id, blockedReason]));
}

/** All reads that seat maps and their streams need. */
export function seatReads(orm: Database) {
  return {
    fixedSeats: (scheduleId: number) => readFixedSeats(orm, scheduleId),
    states: (scheduleId: number) => readSeatStates(orm, scheduleId),
    idsInState: (scheduleId: number, state: Seat['state']) =>
      readIdsInState(orm, scheduleId, state),
    blockedReasons: (scheduleId: number) => readBlockedReasons(orm, scheduleId),
    areas: (scheduleIds: readonly number[]) => readAreasOfEach(orm, scheduleIds),
  };
}
