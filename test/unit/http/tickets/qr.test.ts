/** The QR code of a text: its modules are those that the library has computed, with a margin. */
import { setImmediate } from 'node:timers/promises';
import { create } from 'qrcode';
import { expect, test } from 'vitest';
import { QrCodes, qrSvg } from '../../../../src/http/tickets/qr.ts';

const MARGIN = 4;

/** Paints the path of an SVG, as a browser does. @returns rows of 0 and 1 */
function paint(svg: string): string[] {
  const side = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const rows = Array.from({ length: side }, () => Array<number>(side).fill(0));
  const [, path = ''] = /<path d="([^"]+)"/.exec(svg) ?? [];
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    rows[Number(y)]?.fill(1, Number(x), Number(x) + Number(length));
  }
  return rows.map((row) => row.join(''));
}

test.each(['a', 'x'.repeat(250), `${'A.-_'.repeat(62)}ab`])(
  'the dark squares of %j are those of its code, inside a light margin',
  (text) => {
    const { modules } = create(text, { errorCorrectionLevel: 'M' });
    const rows = paint(qrSvg(text));
    const light = '0'.repeat(modules.size + 2 * MARGIN);
    const expected = Array.from({ length: modules.size }, (_, y) =>
      Array.from({ length: modules.size }, (_, x) => (modules.get(y, x) ? 1 : 0)).join(''),
    ).map((row) => `0000${row}0000`);
    const margin = Array(MARGIN).fill(light);
    expect(rows).toEqual([...margin, ...expected, ...margin]);
  },
);

test('codes are drawn one in each turn of the event loop, so that other work goes on in between', async () => {
  const codes = new QrCodes();
  const done: string[] = [];
  const texts = ['a', 'b', 'c'];
  const drawing = texts.map(async (text) => {
    expect(await codes.svgOf(text)).toBe(qrSvg(text));
    done.push(text);
  });
  const turns = async () => {
    while (texts.some((text) => !done.includes(text))) {
      await setImmediate();
      done.push('turn');
    }
  };
  await Promise.all([...drawing, turns()]);
  expect(done.join(' ')).toMatch(/a .*turn.* b .*turn.* c/);
});

test('a code that was drawn is not drawn again', async () => {
  const codes = new QrCodes();
  expect(codes.svgOf('a')).toBe(codes.svgOf('a'));
});
