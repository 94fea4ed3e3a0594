/** A video for the camera that Chromium makes up in tests: a ticket's QR code, held still. */
import { writeFileSync } from 'node:fs';
import { create } from 'qrcode';

const WIDTH = 640;
const HEIGHT = 480;
const FRAMES = 3;
const QUIET_ZONE = 4;

/**
 * Writes a video in the format YUV4MPEG2, which Chromium reads with `--use-file-for-fake-video-capture`.
 * @param text what the QR code contains
 */
export function writeTicketVideo(path: string, text: string): void {
  const luma = pictureOf(text);
  const chroma = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, chroma]);
  const header = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`);
  writeFileSync(path, Buffer.concat([header, ...Array.from({ length: FRAMES }, () => frame)]));
}

/** The brightness of each pixel: the code in the middle, as large as it fits. */
function pictureOf(text: string): Buffer {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const scale = Math.floor(HEIGHT / (modules.size + 2 * QUIET_ZONE));
  const side = modules.size * scale;
  const [left, top] = [Math.floor((WIDTH - side) / 2), Math.floor((HEIGHT - side) / 2)];
  const luma = Buffer.alloc(WIDTH * HEIGHT, 235);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const row = Math.floor(y / scale);
      const isDark = modules.data[row * modules.size + Math.floor(x / scale)];
      if (isDark) luma[(y + top) * WIDTH + x + left] = 16;
    }
  }
  return luma;
}
