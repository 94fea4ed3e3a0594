/** The name of a place in the code of its ticket, where only some bytes are left for it. */

/** Ends a name that was cut. Without it, `Box 1` could be a place of its own, or what is left of `Box 11`. */
const CUT = '…';

/**
 * Joins the names of a place with spaces. If they are too long, the end stays, because the number of a seat says more than the
 * end of its section: first the section is cut, between two characters. If there is no room for a sign of the section, the row
 * is cut instead of it.
 * @param names from the whole to the part
 * @param bytesMax in UTF-8, as a JSON string without its quotes
 */
export function placeText(names: readonly string[], bytesMax: number): string {
  const whole = names.join(' ');
  if (bytesOf(whole) <= bytesMax) return whole;
  for (const [index, name] of names.entries()) {
    const after = [CUT, ...names.slice(index + 1)].join(' ');
    const room = bytesMax - bytesOf(after);
    if (room >= 0) return firstBytes(name, room) + after;
  }
  return '';
}

/** As many code points from the beginning as fit. */
function firstBytes(text: string, bytesMax: number): string {
  let cut = '';
  let left = bytesMax;
  for (const character of text) {
    left -= bytesOf(character);
    if (left < 0) break;
    cut += character;
  }
  return cut;
}

const bytesOf = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2;
