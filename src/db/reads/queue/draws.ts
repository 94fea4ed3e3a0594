/** Reads draws, and the places of one. */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { checkedAfterwards, db, type Given, statement } from '../../statement.ts';
import type { Row } from '../../tables.ts';

/**
 * The draws of a row of `waiting_queue` that are gathering. The index of draws that were not held finds them; a plain condition on
 * `cancelled_at` would let the planner read the index of those that were not cancelled.
 */
const gatheringDraws = sql`draw where draw.queue_id = waiting_queue.id and drawn_at is null
    and ${checkedAfterwards(sql`cancelled_at is null`)} and gathers_at <= statement_timestamp()`;

/** A condition on a row of `waiting_queue`: a draw of it is gathering, so that no user is admitted. */
export const isGathering = sql<boolean>`exists (select 1 from ${gatheringDraws})`;

/**
 * Queues with a draw that was made within this time, or that operators cancelled while users gathered. Their users did not have to poll before.
 */
export const justDrawn = (idle: RawBuilder<unknown>) => sql<{ queue_id: number }>`
  select queue_id from draw
  where coalesce(drawn_at, case when gathers_at <= cancelled_at then cancelled_at end)
    > statement_timestamp() - ${idle}`;

/** When the gathering draws of a row of `waiting_queue` are held, so that the admission can go on; null if none gathers. */
export const opensAt = sql<Date | null>`(select max(opens_at) from ${gatheringDraws})`;

/** How long the longest overdue draw of a row of `waiting_queue` should have begun, in seconds; 0 if none is overdue. */
export const drawOverdueSeconds = sql<number>`(
  select greatest(extract(epoch from statement_timestamp() - min(opens_at)), 0)::float8 from ${gatheringDraws})`;

export interface DrawView {
  id: number;
  concertId: number;
  queueId: number;
  gathersAt: string;
  opensAt: string;
  /** Null unless operators cancelled the draw. */
  cancelledAt: string | null;
  /** Null until it was settled who takes part, and in draws of older versions. */
  closedAt: string | null;
  seedHash: string;
  /** Null until the draw, like the following fields. */
  seed: string | null;
  drawnAt: string | null;
  places: number | null;
  firstNumber: number | null;
  /** Null in draws of older versions too. */
  ticketsHash: string | null;
}

type DrawRow = Pick<
  Row<'draw'>,
  'id' | 'concertId' | 'queueId' | 'seedHash' | 'places' | 'firstNumber' | 'ticketsHash'
> &
  Pick<Row<'draw'>, 'gathersAt' | 'opensAt' | 'cancelledAt' | 'closedAt' | 'drawnAt'> & {
    seed: string | null;
  };

const ifDrawn = (column: 'seed' | 'places' | 'first_number' | 'tickets_hash') =>
  sql`case when drawn_at is not null then ${sql.ref(column)} end`;

/** What is public of a draw. The seed must not leave the database before the draw is held. */
const shown = sql`draw.id, concert_id as "concertId", draw.queue_id as "queueId",
  gathers_at as "gathersAt", opens_at as "opensAt", cancelled_at as "cancelledAt",
  draw.closed_at as "closedAt", seed_hash as "seedHash", drawn_at as "drawnAt",
  ${ifDrawn('seed')} as seed, ${ifDrawn('places')} as places,
  ${ifDrawn('first_number')} as "firstNumber", ${ifDrawn('tickets_hash')} as "ticketsHash"`;

/**
 * The concert's own draw that is to come is first, then one of another concert for which users gather, because it stops the admission: draws
 * for several concerts can order one queue. A draw that had begun before its
 * concert was moved stays in the house queue, so if the queue of the concert has none, it is that. Draws that were
 * cancelled are left out.
 */
const drawOf = statement(
  'the draw of a concert',
  ({ concertId }: Given<{ concertId: number }>) => sql<DrawRow>`
    select ${shown}
    from concert cross join lateral (
      (select * from draw where draw.queue_id = concert.queue_id and cancelled_at is null
        order by case when drawn_at is null and concert_id = concert.id then 0
            when drawn_at is null and gathers_at <= now() then 1
            when concert_id = concert.id then 2 else 3 end,
          case when drawn_at is null and gathers_at <= now() then opens_at end,
          drawn_at is null desc, opens_at desc
        limit 1)
      union all
      (select * from draw where concert_id = concert.id and cancelled_at is null
        order by opens_at desc limit 1)
    ) draw
    where concert.id = ${concertId}
    order by draw.queue_id = concert.queue_id desc
    limit 1`,
);

/** The draw of the queue that admits to a concert, or the one that the concert had in its former queue. */
export async function findDraw(orm: Database, concertId: number): Promise<DrawView | undefined> {
  const [row] = await rowsOf(orm, drawOf({ concertId }));
  return row && toView(row);
}

const drawById = statement(
  'a draw',
  ({ drawId }: Given<{ drawId: number }>) => sql<DrawRow>`
    select ${shown} from draw where id = ${drawId}`,
);

/** A draw, also one that was cancelled. */
export async function findDrawById(orm: Database, drawId: number): Promise<DrawView | undefined> {
  const [row] = await rowsOf(orm, drawById({ drawId }));
  return row && toView(row);
}

function toView({ gathersAt, opensAt, cancelledAt, closedAt, drawnAt, ...row }: DrawRow): DrawView {
  return {
    ...row,
    gathersAt: gathersAt.toISOString(),
    opensAt: opensAt.toISOString(),
    cancelledAt: cancelledAt?.toISOString() ?? null,
    closedAt: closedAt?.toISOString() ?? null,
    drawnAt: drawnAt?.toISOString() ?? null,
  };
}

export interface DrawnEntry {
  ticket: number;
  number: number;
}

const drawPlaces = statement(
  'places of a draw',
  ({ drawId, after, limit }: Given<{ drawId: number; after: number; limit: number }>) =>
    db
      .selectFrom('draw_place')
      .select(['ticket', 'number'])
      .where('draw_id', '=', drawId)
      .where('number', '>', after)
      .orderBy('number')
      .limit(limit),
);

/** Up to `limit + 1` places of a draw with numbers above `after`, by number. None until the draw is held. */
export async function listDrawnEntries(
  orm: Database,
  { draw, after, limit }: { draw: DrawView; after: number; limit: number },
): Promise<DrawnEntry[]> {
  if (draw.drawnAt === null) return [];
  return rowsOf(orm, drawPlaces({ drawId: draw.id, after, limit: limit + 1 }));
}
