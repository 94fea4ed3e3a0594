/** Reads draws, and the queue entries that took part in one. */
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { db, type Given, statement } from '../../statement.ts';

export interface DrawView {
  concertId: number;
  gathersAt: string;
  opensAt: string;
  seedHash: string;
  /** Null until the draw. */
  seed: string | null;
  drawnAt: string | null;
  places: number | null;
  firstNumber: number | null;
}

const drawOf = statement('the draw of a concert', ({ concertId }: Given<{ concertId: number }>) =>
  db
    .selectFrom('draw')
    .select([
      'concert_id as concertId',
      'gathers_at as gathersAt',
      'opens_at as opensAt',
      'seed_hash as seedHash',
      'drawn_at as drawnAt',
      'places',
      'first_number as firstNumber',
    ])
    // The seed must not leave the database before the draw.
    .select((draw) =>
      draw.case().when('drawn_at', 'is not', null).then(draw.ref('seed')).end().as('seed'),
    )
    .where('concert_id', '=', concertId),
);

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
  ({ concertId, after, limit }: Given<{ concertId: number; after: number; limit: number }>) =>
    db
      .selectFrom('queue_entry')
      .select((entry) => [entry.ref('ticket').$notNull().as('ticket'), 'number'])
      .where('drawn_for', '=', concertId)
      .where('number', '>', after)
      .orderBy('number')
      .limit(limit),
);

/** Up to `limit + 1` entries of a draw with numbers above `after`, by number. */
export async function listDrawnEntries(
  orm: Database,
  { concertId, after, limit }: { concertId: number; after: number; limit: number },
): Promise<DrawnEntry[]> {
  return rowsOf(orm, drawnEntries({ concertId, after, limit: limit + 1 }));
}
