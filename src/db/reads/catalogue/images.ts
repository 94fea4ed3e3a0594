/** Reads the pictures of concerts. */
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { db, type Given, statement } from '../../statement.ts';

export interface ConcertImage {
  hash: string;
  /** The media type. */
  type: string;
  bytes: Buffer;
}

const imageOf = statement('a picture', ({ concertId }: Given<{ concertId: number }>) =>
  db
    .selectFrom('concert_image')
    .select(['hash', 'type', 'bytes'])
    .where('concert_id', '=', concertId),
);

/** @returns undefined for a concert without a picture, or that does not exist */
export async function findConcertImage(
  orm: Database,
  concertId: number,
): Promise<ConcertImage | undefined> {
  const [image] = await rowsOf(orm, imageOf({ concertId }));
  return image as ConcertImage | undefined;
}
