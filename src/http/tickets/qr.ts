/** Draws a QR code as SVG. */
import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { create } from 'qrcode';

/** The margin that scanners need, in modules (ISO/IEC 18004). */
const QUIET_ZONE = 4;

/** Some megabytes: a user opens the few same codes again and again. */
const REMEMBERED = { max: 500 };

/** Draws QR codes one after another, and keeps the last ones. */
export class QrCodes {
  readonly #drawn = new LRUCache<string, Promise<string>>(REMEMBERED);
  #last: Promise<unknown> = Promise.resolve();

  /**
   * The same as `qrSvg`. A code takes 3 ms of the event loop, and before a concert many buyers open theirs. So at most one is
   * drawn in each turn of the event loop, and other requests are served in between.
   */
  svgOf(text: string): Promise<string> {
    const drawing = this.#drawn.get(text) ?? this.#inTurn(text);
    this.#drawn.set(text, drawing);
    return drawing;
  }

  #inTurn(text: string): Promise<string> {
    const drawing = this.#last.then(() => setImmediate()).then(() => qrSvg(text));
    this.#last = drawing.catch(() => undefined);
    return drawing;
  }
}

/**
 * @param text at most 2331 bytes, what a code with this error correction can hold
 * @returns an SVG document of one unit a module: a white square, and one path of the runs of dark modules in each row
 */
export function qrSvg(text: string): string {
  // M restores 15 % of a code, for scratched screens and creased paper.
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const side = modules.size + 2 * QUIET_ZONE;
  const path = rowsOf(modules).map((row, y) =>
    [...row.matchAll(/1+/g)]
      .map(
        ({ index, 0: run }) =>
          `M${index + QUIET_ZONE} ${y + QUIET_ZONE}h${run.length}v1h-${run.length}z`,
      )
      .join(''),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path d="${path.join('')}"/></svg>`;
}

/** The modules of each row, as text of 0 (light) and 1 (dark). */
function rowsOf({ size, data }: { size: number; data: Uint8Array }): string[] {
  return Array.from({ length: size }, (_, y) => data.subarray(y * size, (y + 1) * size).join(''));
}
