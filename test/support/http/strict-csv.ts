/** A strict reader of CSV (RFC 4180): it refuses what a lenient one would guess. */

/**
 * @returns the records, each with as many fields as the first
 * @throws Error if a line does not end with CRLF, a quote stands where none may, or a record has other fields than the first
 */
export function readStrictCsv(text: string): string[][] {
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const record: string[] = [];
    for (;;) {
      const [field, end] = text[at] === '"' ? quotedField(text, at) : plainField(text, at);
      record.push(field);
      at = end;
      if (text[at] !== ',') break;
      at += 1;
    }
    if (text.slice(at, at + 2) !== '\r\n') throw new Error(`No end of line at ${at}.`);
    at += 2;
    if (record.length !== (records[0] ?? record).length) {
      throw new Error(`Record ${records.length} has ${record.length} fields.`);
    }
    records.push(record);
  }
  return records;
}

function plainField(text: string, at: number): [field: string, end: number] {
  const [field = ''] = /^[^,\r\n]*/.exec(text.slice(at, at + 10_000)) ?? [];
  if (field.includes('"')) throw new Error(`A quote in a plain field at ${at}.`);
  return [field, at + field.length];
}

function quotedField(text: string, begin: number): [field: string, end: number] {
  let field = '';
  let at = begin + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) throw new Error(`The quoted field at ${begin} does not end.`);
    field += text.slice(at, quote);
    if (text[quote + 1] !== '"') return [field, quote + 1];
    field += '"';
    at = quote + 2;
  }
}
