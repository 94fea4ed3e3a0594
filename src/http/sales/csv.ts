/** Writes CSV (RFC 4180), so that a spreadsheet shows every cell as it is. */

export type Cell = string | number | null;

/** A spreadsheet would take such a cell for a formula. */
const FORMULA = /^[=+\-@＝＋－＠\t\r\n]/;
/** So it would where it separates cells by semicolons, as in much of Europe, whatever quotes stand around them. */
const FORMULA_BEHIND = /;(?=\s*[=+\-@＝＋－＠])/g;
const NEEDS_QUOTES = /[",\r\n]/;

/** One line with its end. null is an empty cell. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

/** Texts that begin like a formula get an apostrophe; numbers keep their sign. */
function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = `${FORMULA.test(cell) ? "'" : ''}${cell.replaceAll(FORMULA_BEHIND, ";'")}`;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A body that is read piece by piece, as fast as the client takes it.
 * @param first the first piece, which was read before the response began
 * @param next the next piece; undefined after the last. If it fails, the connection is cut, so that the client sees that the
 *   file is not whole.
 */
export function streamText(
  first: string,
  next: () => Promise<string | undefined>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      start: (controller) => controller.enqueue(encoder.encode(first)),
      async pull(controller) {
        const piece = await next();
        if (piece === undefined) controller.close();
        else controller.enqueue(encoder.encode(piece));
      },
    },
    { highWaterMark: 1 },
  );
}
