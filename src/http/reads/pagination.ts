/** Keyset pagination: a cursor holds the key of the last row returned, so that added rows do not shift the pages. */
import { z } from 'zod';
import { givenTime, id } from '../../commands/schemas/resources.ts';
import { invalid } from '../validation.ts';

const LIMIT_MAX = 100;
const LIMIT_DEFAULT = 20;

const wholeNumber = z
  .string()
  .regex(/^\d{1,4}$/, 'must be a whole number')
  .transform(Number);

/** The query parameters of every list. */
export const pageQuery = {
  limit: wholeNumber
    .pipe(z.int().min(1).max(LIMIT_MAX))
    .default(LIMIT_DEFAULT)
    .meta({ type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: LIMIT_DEFAULT }),
  cursor: z
    .string()
    .max(200)
    .optional()
    .meta({ description: '`nextCursor` of the previous page.' }),
};

const time = givenTime.optional();

/** The query parameters of lists with a time filter. @param what the items that are filtered, as a sentence's start */
export function timeQuery(what: string) {
  const documented = { type: 'string', format: 'date-time' } as const;
  return {
    from: time.meta({ description: `${what} at or after this time.`, ...documented }),
    to: time.meta({ description: `${what} before this time.`, ...documented }),
  };
}

/** Encodes the key of a page's last row as a cursor. Clients treat it as opaque. */
export function toCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * Decodes a cursor.
 * @throws Problem VALIDATION_FAILED if it is not a cursor of this list
 */
export function fromCursor<Key extends z.ZodType>(
  cursor: string | undefined,
  key: Key,
): z.infer<Key> | undefined {
  if (cursor === undefined) return undefined;
  try {
    const decoded = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    // Node.js also decodes other spellings of the same bytes.
    if (toCursor(decoded) !== cursor) throw new Error('The cursor is spelled differently.');
    return key.parse(decoded);
  } catch {
    throw invalid('query', [{ path: 'cursor', message: 'is not a cursor of this list' }]);
  }
}

/** Builds a page from the rows found. The caller reads up to `limit + 1` rows; the extra row means another page follows. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  { item, key }: { item: (row: Row) => Item; key: (row: Row) => readonly (string | number)[] },
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { items: shown.map(item), nextCursor: hasMore ? toCursor(key(last)) : null };
}

/** A row of a list that is sorted by time, newest first. */
interface TimedRow {
  id: number;
  /** In µs since 1970. */
  createdAtUs: number;
}

const timedCursor = z.tuple([z.int(), id]);

/** Decodes the cursor of a list sorted by time. @throws Problem VALIDATION_FAILED as `fromCursor` does */
export function fromTimedCursor(cursor: string | undefined): TimedRow | undefined {
  const key = fromCursor(cursor, timedCursor);
  return key && { createdAtUs: key[0], id: key[1] };
}

/** Builds a page of a list sorted by time, as `toPage` does. The items lack the sort key. */
export function toTimedPage<Row extends TimedRow>(rows: readonly Row[], limit: number) {
  return toPage(rows, limit, {
    item: ({ createdAtUs: _, ...item }) => item,
    key: (row) => [row.createdAtUs, row.id],
  });
}
