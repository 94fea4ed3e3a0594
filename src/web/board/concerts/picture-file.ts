/** Makes a picture of a file that an operator chooses, as small as the API takes it. */
import type { ConcertImage } from '../../../client/index.ts';

/** Of the file, in bytes. */
const BYTES_MAX = 150 * 1024;
/** The longer side, in pixels: twice what a phone shows. */
const SIDE_MAX = 1280;
const QUALITIES = [0.85, 0.7, 0.5];

/** @returns undefined if the browser cannot read the file as a picture, or it stays too large */
export async function readPicture(file: Blob): Promise<ConcertImage | undefined> {
  const picture = await createImageBitmap(file).catch(() => undefined);
  if (!picture) return undefined;
  const scale = Math.min(1, SIDE_MAX / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((side) => Math.round(side * scale));
  const canvas = new OffscreenCanvas(width as number, height as number);
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  for (const quality of QUALITIES) {
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
    if (blob.size <= BYTES_MAX) return { type: 'image/jpeg', data: await toBase64(blob) };
  }
  return undefined;
}

async function toBase64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
