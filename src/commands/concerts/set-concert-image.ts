/** Gives a concert its picture. For operators. */
import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { concert, id } from '../schemas/resources.ts';
import { byConcert } from './fields.ts';

/** In bytes; `concert_image_small` is the same. A list of twenty pictures must load on a phone. */
export const IMAGE_BYTES_MAX = 153_600;
/** Of the base64 text. */
export const IMAGE_TEXT_MAX = Math.ceil(IMAGE_BYTES_MAX / 3) * 4;

/** How files of each type begin. SVG is not among them: it can carry scripts. */
const BEGINNINGS = {
  'image/jpeg': (start: string) => start.startsWith('\xff\xd8\xff'),
  'image/png': (start: string) => start.startsWith('\x89PNG\r\n\x1a\n'),
  'image/webp': (start: string) => start.startsWith('RIFF') && start.endsWith('WEBP'),
} as const;
export type ImageType = keyof typeof BEGINNINGS;

const fields = {
  type: z.enum(Object.keys(BEGINNINGS) as [ImageType, ...ImageType[]]),
  data: z.base64().min(16).max(IMAGE_TEXT_MAX),
};

/** The body of the request; the path names the concert. */
export const imageBody = z.strictObject(fields).superRefine(checkImage);

export const setConcertImage = defineCommand({
  name: 'set-concert-image',
  input: z.strictObject({ concertId: id, ...fields }).superRefine(checkImage),
  result: concert,
  laneKey: byConcert,
});

function checkImage(
  { type, data }: { type: ImageType; data: string },
  context: z.RefinementCtx,
): void {
  const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['data'], message });
  const start = Buffer.from(data.slice(0, 16), 'base64').toString('latin1');
  if (!BEGINNINGS[type](start)) refuse('must be a file of this `type`');
  else if (Buffer.byteLength(data, 'base64') > IMAGE_BYTES_MAX) {
    refuse(`must not have more than ${IMAGE_BYTES_MAX} bytes`);
  }
}
