/** The place and the text of a fault, in words. */
import type { BoardTexts } from '../words.ts';
import type { Fault } from './drafts.ts';

/** @param place such as `line 7, column kind`, `area 2`, `/zones/0/rows/3` or `file` */
export function placeText({ halls }: Pick<BoardTexts, 'halls'>, place: string): string {
  const [, line, column] = /^line (\d+)(?:, column (\w+))?$/.exec(place) ?? [];
  if (line !== undefined) return halls.place(line, column);
  const [, area] = /^area (\d+)$/.exec(place) ?? [];
  if (area !== undefined) return halls.areaPlace(area);
  return place === '' || place === 'file' ? halls.wholeFile : place;
}

export function faultText(
  b: Pick<BoardTexts, 'halls' | 'planFaults'>,
  { code, values }: Fault,
): string {
  const text = b.planFaults[code];
  if (typeof text === 'string') return text;
  const first = typeof values.first === 'string' && { first: placeText(b, values.first) };
  return text({ ...values, ...first });
}
