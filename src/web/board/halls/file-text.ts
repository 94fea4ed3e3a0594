/** The text of a file that an operator chooses. */

/**
 * Reads UTF-8, and UTF-16 with its mark. What is neither is read as CP949, in which Excel saves CSV files in Korea (the standard's
 * `euc-kr`, https://encoding.spec.whatwg.org/#euc-kr), and else as Windows-1252, in which it saves them in Western Europe.
 */
export function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decode(bytes, 'utf-16le');
  if (first === 0xfe && second === 0xff) return decode(bytes, 'utf-16be');
  for (const encoding of ['utf-8', 'euc-kr']) {
    try {
      return decode(bytes, encoding, { fatal: true });
    } catch {
      // Some bytes mean nothing in this encoding.
    }
  }
  return decode(bytes, 'windows-1252');
}

/** Leaves out the mark at the beginning. */
function decode(bytes: Uint8Array, encoding: string, options?: TextDecoderOptions): string {
  return new TextDecoder(encoding, options).decode(bytes);
}
