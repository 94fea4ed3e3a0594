/** Draws the picture of the demo concert: a stage in the evening, as a PNG (W3C Portable Network Graphics, third edition). */
import { crc32, deflateSync } from 'node:zlib';

const WIDTH = 640;
const HEIGHT = 360;
const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** Where the lamps hang, as shares of the width. */
const LAMPS = [0.18, 0.5, 0.82];

/** @returns the file, some tens of kilobytes */
export function drawDemoPicture(): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  // 8 bits a sample, RGB; the other methods have one value each.
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Array.from({ length: HEIGHT }, (_, y) => rowOf(y));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A row of pixels after the number of its filter (0: none). */
function rowOf(y: number): Buffer {
  const pixels = Array.from({ length: WIDTH }, (_, x) => colourAt(x / WIDTH, y / HEIGHT));
  return Buffer.from([0, ...pixels.flat()]);
}

/** Beams of light over a dark hall; the lower fifth is the stage. Few shades, so that the file stays small. */
function colourAt(x: number, y: number): [number, number, number] {
  const beams = LAMPS.map((lamp) => Math.max(0, 1 - Math.abs(x - lamp) / (0.05 + 0.22 * y)));
  const light =
    Math.min(
      1,
      beams.reduce((sum, beam) => sum + beam, 0),
    ) *
    (1 - 0.5 * y);
  const glow = Math.round(light * 24) / 24;
  if (y > 0.82) return [60 + Math.round(120 * glow), 40 + Math.round(80 * glow), 30];
  return [14 + Math.round(150 * glow), 24 + Math.round(150 * glow), 44 + Math.round(110 * glow)];
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
