/** Reads concerts for clients. */
import type { Concert } from '../../../commands/schemas/resources.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { db, type Given, statement } from '../../statement.ts';

const concerts = db
  .selectFrom('concert')
  .select(['id', 'title', 'description', 'created_at as createdAt', 'queue_id as queueId'])
  .select(['venue', 'time_zone as timeZone', 'image_hash as imageHash', 'closed_at as closedAt']);

const concertsBefore = statement(
  'concerts',
  ({ before, limit }: Given<{ before: number; limit: number }>) =>
    concerts.where('id', '<', before).orderBy('id', 'desc').limit(limit),
);
const concertWith = statement('a concert', ({ id }: Given<{ id: number }>) =>
  concerts.where('id', '=', id),
);

/** Up to `limit + 1` concerts with ids below `before`, newest first. */
export async function listConcerts(
  orm: Database,
  { before = Number.MAX_SAFE_INTEGER, limit }: { before: number | undefined; limit: number },
): Promise<Concert[]> {
  const rows = await rowsOf(orm, concertsBefore({ before, limit: limit + 1 }));
  return rows.map(toConcert);
}

export async function findConcert(orm: Database, id: number): Promise<Concert | undefined> {
  const [row] = await rowsOf(orm, concertWith({ id }));
  return row && toConcert(row);
}

/** The columns from which clients see a concert. */
export interface ConcertColumns
  extends Pick<Concert, 'id' | 'title' | 'description' | 'queueId' | 'venue' | 'timeZone'> {
  createdAt: Date;
  imageHash: string | null;
  closedAt: Date | null;
}

export const toConcert = ({
  createdAt,
  imageHash,
  closedAt,
  ...concert
}: ConcertColumns): Concert => ({
  ...concert,
  createdAt: createdAt.toISOString(),
  image: imageHash === null ? null : `/concerts/${concert.id}/image?v=${imageHash}`,
  state: closedAt === null ? 'open' : 'closed',
});
