/** Reads draws, and the queue entries that took part in one. */
import { sql } from 'kysely';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { db, type Given, statement } from '../../statement.ts';
import type { Row } from '../../tables.ts';

/** A condition on a row of `waiting_queue`: a draw of it is gathering, so that no user is admitted. */
export const isGathering = sql<boolean>`exists (
  select 1 from draw where draw.queue_id = waiting_queue.id
    and drawn_at is null and gathers_at <= statement_timestamp())`;

/** When the gathering draws of a row of `waiting_queue` are held, so that the admission can go on; null if none gathers. */
export const opensAt = sql<Date | null>`(select max(opens_at) from draw
  where draw.queue_id = waiting_queue.id
    and drawn_at is null and gathers_at <= statement_timestamp())`;

export interface DrawView {
  id: number;
  concertId: number;
  queueId: number;
  gathersAt: string;
  opensAt: string;
  seedHash: string;
  /** Null until the draw. */
  seed: string | null;
  drawnAt: string | null;
  places: number | null;
  firstNumber: number | null;
}

type DrawRow = Pick<Row<'draw'>, 'id' | 'concertId' | 'queueId' | 'seedHash' | 'places'> &
  Pick<Row<'draw'>, 'gathersAt' | 'opensAt' | 'drawnAt' | 'firstNumber'> & { seed: string | null };

/**
 * The concert's own draw comes first: draws for several concerts can have ordered one queue. A draw that had begun before its
 * concert was moved stays in the house queue, so if the queue of the concert has none, it is that. The seed must not leave
 * the database before the draw.
 */
const drawOf = statement(
  'the draw of a concert',
  ({ concertId }: Given<{ concertId: number }>) => sql<DrawRow>`
    select draw.id, concert_id as "concertId", draw.queue_id as "queueId", gathers_at as "gathersAt",
      opens_at as "opensAt", seed_hash as "seedHash", drawn_at as "drawnAt", places,
      first_number as "firstNumber", case when drawn_at is not null then seed end as seed
    from concert cross join lateral (
      (select * from draw where draw.queue_id = concert.queue_id
        order by concert_id = concert.id desc, drawn_at is null desc, opens_at desc limit 1)
      union all
      (select * from draw where concert_id = concert.id order by opens_at desc limit 1)
    ) draw
    where concert.id = ${concertId}
    order by draw.queue_id = concert.queue_id desc
    limit 1`,
);

/** The draw of the queue that admits to a concert, or the one that the concert had in its former queue. */
export async function findDraw(orm: Database, concertId: number): Promise<DrawView | undefined> {
  const [row] = await rowsOf(orm, drawOf({ concertId }));
  return (
    row && {
      ...row,
      gathersAt: row.gathersAt.toISOString(),
      opensAt: row.opensAt.toISOString(),
      drawnAt: row.drawnAt?.toISOString() ?? null,
    }
  );
}

export interface DrawnEntry {
  ticket: number;
  number: number;
}

const drawnEntries = statement(
  'drawn entries',
  ({ drawId, after, limit }: Given<{ drawId: number; after: number; limit: number }>) =>
    db
      .selectFrom('queue_entry')
      .select((entry) => [entry.ref('ticket').$notNull().as('ticket'), 'number'])
      .where('draw_id', '=', drawId)
      .where('number', '>', after)
      .orderBy('number')
      .limit(limit),
);

/** Up to `limit + 1` entries of a draw with numbers above `after`, by number. */
export async function listDrawnEntries(
  orm: Database,
  { drawId, after, limit }: { drawId: number; after: number; limit: number },
): Promise<DrawnEntry[]> {
  return rowsOf(orm, drawnEntries({ drawId, after, limit: limit + 1 }));
}
