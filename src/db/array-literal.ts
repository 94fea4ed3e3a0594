/** Encodes values as PostgreSQL array literals (https://www.postgresql.org/docs/18/arrays.html#ARRAYS-INPUT). */

const quote = (value: unknown) => `"${String(value).replaceAll(/["\\]/g, '\\$&')}"`;
const encodeTime = (value: unknown) => (value instanceof Date ? value.toISOString() : quote(value));

function encoderOf(type: string): (value: unknown) => string {
  if (type === 'bigint' || type === 'int' || type === 'boolean') return String;
  return type === 'timestamptz' ? encodeTime : quote;
}

/**
 * Returns a function that encodes one value of each item as an array. `pg` encodes arrays too, but does not know their type: it
 * looks for characters to quote in every number, and formats each time in the local time zone. Neighbours are often equal, such as the
 * times and the job of all bookings of an order, so an equal value is encoded once.
 * @param type the PostgreSQL type of the elements
 */
export function arrayEncoder<Item>(
  type: string,
  cellOf: (item: Item) => unknown,
): (items: readonly Item[]) => string {
  const encode = encoderOf(type);
  return (items) => {
    let text = '';
    let last: unknown = null;
    let encoded = 'NULL';
    for (const item of items) {
      const value = cellOf(item) ?? null;
      if (value !== last) {
        last = value;
        encoded = value === null ? 'NULL' : encode(value);
      }
      text += text === '' ? '{' : ',';
      text += encoded;
    }
    return text === '' ? '{}' : `${text}}`;
  };
}
