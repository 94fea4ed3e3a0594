/** Draws, and the places that took part in one. */
import { sql } from 'kysely';
import type { Database } from '../connection/orm.ts';
import { epochMs } from './epoch-ms.ts';

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

export async function findDraw(orm: Database, concertId: number): Promise<DrawView | undefined> {
  const { rows } = await sql<{
    seed: string | null;
    seed_hash: string;
    gathers_at: number;
    opens_at: number;
    drawn_at: number | null;
    places: number | null;
    first_number: string | null;
  }>`
    select case when drawn_at is not null then seed end as seed, seed_hash, places, first_number,
      ${epochMs('gathers_at')} as gathers_at, ${epochMs('opens_at')} as opens_at,
      ${epochMs('drawn_at')} as drawn_at
    from draw where concert_id = ${concertId}`.execute(orm.em.getKysely());
  const [row] = rows;
  return (
    row && {
      concertId,
      gathersAt: new Date(row.gathers_at).toISOString(),
      opensAt: new Date(row.opens_at).toISOString(),
      seedHash: row.seed_hash,
      seed: row.seed,
      drawnAt: row.drawn_at === null ? null : new Date(row.drawn_at).toISOString(),
      places: row.places,
      firstNumber: row.first_number === null ? null : Number(row.first_number),
    }
  );
}

export interface DrawnPlace {
  ticket: number;
  number: number;
}

/** The places of a draw by number, above the number `after`; one more than `limit` where there are. */
export async function listDrawnPlaces(
  orm: Database,
  { concertId, after, limit }: { concertId: number; after: number; limit: number },
): Promise<DrawnPlace[]> {
  const { rows } = await sql<{ ticket: string; number: string }>`
    select ticket, number from queue_entry
    where drawn_for = ${concertId} and number > ${after}
    order by number limit ${limit + 1}`.execute(orm.em.getKysely());
  return rows.map((row) => ({ ticket: Number(row.ticket), number: Number(row.number) }));
}
