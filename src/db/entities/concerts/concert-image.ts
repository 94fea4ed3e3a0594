/** The picture of a concert. It has a table of its own, so that lists of concerts do not read it. */
import { defineEntity, p } from '@mikro-orm/core';
import { Concert } from '../concert.ts';

export const ConcertImage = defineEntity({
  name: 'ConcertImage',
  tableName: 'concert_image',
  properties: {
    concert: () =>
      p
        .manyToOne(Concert)
        .mapToPk()
        .primary()
        .fieldName('concert_id')
        .foreignKeyName('concert_image_concert_fk')
        .deleteRule('no action'),
    /** The SHA-256 of the bytes as base64url; `concert.image_hash` is the same. */
    hash: p.string().length(43),
    /** The media type. */
    type: p.string().columnType('text').$type<'image/jpeg' | 'image/png' | 'image/webp'>(),
    bytes: p.blob(),
  },
  checks: [
    // Browsers run no scripts in these.
    {
      name: 'concert_image_type_known',
      expression: `type in ('image/jpeg', 'image/png', 'image/webp')`,
    },
    { name: 'concert_image_small', expression: 'octet_length(bytes) between 1 and 153600' },
  ],
});
