/** The route of concerts' pictures. */
import { z } from 'zod';
import type { Database } from '../../../db/connection/orm.ts';
import { findConcertImage } from '../../../db/reads/catalogue/images.ts';
import { Problem } from '../../problems/problems.ts';
import { SharedReads } from '../../reads/shared-read.ts';
import { pathId } from '../../request.ts';
import { defineRoute, type Route } from '../../route.ts';

/** For an address that names the picture by its hash: another picture has another address. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

export function pictureRoutes({ orm }: { orm: Database }): Route[] {
  const reads = new SharedReads();
  return [
    defineRoute({
      method: 'get',
      path: '/concerts/{concertId}/image',
      operationId: 'getConcertImage',
      tag: 'concerts',
      summary: 'Get the picture of a concert',
      access: 'open',
      params: z.object({ concertId: pathId }),
      query: z.strictObject({
        v: z.string().max(43).optional().meta({
          description: 'As in `image` of the concert: browsers then keep the picture for a year.',
        }),
      }),
      response: {
        status: 200,
        type: 'image/*',
        schema: z.string().meta({ format: 'binary' }),
        description: 'A JPEG, PNG or WebP.',
      },
      problems: ['IMAGE_NOT_FOUND'],
      async handle({ params: { concertId }, query: { v } }) {
        const read = () => findConcertImage(orm, concertId);
        const image = await reads.fresh(String(concertId), read);
        if (!image) {
          const detail = `Concert ${concertId} has no picture.`;
          throw new Problem('IMAGE_NOT_FOUND', { detail });
        }
        return new Response(new Uint8Array(image.bytes), {
          headers: {
            'Content-Type': image.type,
            'Content-Length': String(image.bytes.length),
            'Cache-Control': v === image.hash ? IMMUTABLE : 'no-cache',
            'X-Content-Type-Options': 'nosniff',
          },
        });
      },
    }),
  ];
}
