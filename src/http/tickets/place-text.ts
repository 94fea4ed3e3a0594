/** The name of a place in the code of its ticket, where only some bytes are left for it. */

/**
 * Joins the names of a place with spaces. If they are too long, the end stays, because the number of a seat says more than the
 * end of its section: first the section is cut, then the row, between two characters.
 * @param names from the whole to the part
 * @param bytesMax in UTF-8, as a JSON string without its quotes
 */
export function placeText(names: readonly string[], bytesMax: number): string {
  let text = '';
  for (const name of names.toReversed()) {
    const after = text === '' ? '' : ` ${text}`;
    const cut = firstBytes(name, bytesMax - bytesOf(after));
    if (cut === '') break;
    text = cut + after;
  }
  return text;
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
