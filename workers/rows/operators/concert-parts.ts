/** Writes concerts and their pictures. */
import { sql } from 'kysely';
import { insertEach, type Part, updateEach } from '../part.ts';
import type { ConcertImageRow } from './operator-rows.ts';

export const concertParts: readonly Part[] = [
  updateEach(
    'concert',
    {
      id: 'bigint',
      queue_id: 'int',
      title: 'text',
      description: 'text',
      venue: 'text',
      time_zone: 'text',
      image_hash: 'text',
      closed_at: 'timestamptz',
      close_reason: 'text',
    },
    (rows) => rows.concerts.changed,
  ),
  insertEach(
    'concert',
    {
      id: 'bigint',
      title: 'text',
      description: 'text',
      queue_id: 'int',
      venue: 'text',
      time_zone: 'text',
      image_hash: 'text',
      closed_at: 'timestamptz',
      close_reason: 'text',
    },
    (rows) => rows.concerts.added,
    { isTimed: true },
  ),
];

/** A new picture takes the place of the one before. */
export const putImage = ({ concertId, hash, type, data }: ConcertImageRow) => sql`
  insert into concert_image (concert_id, hash, type, bytes)
  values (${concertId}, ${hash}, ${type}, decode(${data}, 'base64'))
  on conflict (concert_id) do update
  set hash = excluded.hash, type = excluded.type, bytes = excluded.bytes`;
