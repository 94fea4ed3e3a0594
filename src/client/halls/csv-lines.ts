/** Splits CSV (RFC 4180) into lines of cells. */

export interface CsvLine {
  /** Where it begins in the file, from 1. */
  line: number;
  cells: string[];
}

/**
 * Commas, semicolons or tabs separate cells: whichever comes first in the file outside quotes. A byte order mark and empty lines are
 * skipped. A quoted cell may contain separators, quotes (doubled) and line breaks.
 * @returns undefined if a quote is never closed
 */
export function csvLines(text: string): CsvLine[] | undefined {
  const source = text.replace(/^\ufeff/, '');
  const separator = separatorOf(source);
  const lines: CsvLine[] = [];
  let [line, begin] = [1, 1];
  let cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  const endLine = () => {
    cells.push(cell);
    if (cells.some((each) => each.trim() !== '')) lines.push({ line: begin, cells });
    cells = [];
    cell = '';
    begin = line;
  };
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at] as string;
    const isBreak = character === '\n' || (character === '\r' && source[at + 1] !== '\n');
    if (isBreak) line += 1;
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (source[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (character === '"' && cell.trim() === '') {
      isQuoted = true;
      cell = '';
    } else if (character === separator) {
      cells.push(cell);
      cell = '';
    } else if (isBreak) endLine();
    else if (character !== '\r') cell += character;
  }
  if (isQuoted) return undefined;
  endLine();
  return lines;
}

function separatorOf(source: string): string {
  const unquoted = source.replaceAll(/"[^"]*"/g, '');
  return /[,;\t]/.exec(unquoted)?.[0] ?? ',';
}
