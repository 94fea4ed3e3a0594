/** The rows of one table in memory, and the ids of new ones. */
import { strict as assert } from 'node:assert';

/** The loaded rows of one table by key, and which of them were changed or added. A `New` one has more columns than handlers read. */
export class Table<Row extends object, New extends Row = Row> {
  readonly #keyOf: (row: Row) => number;
  readonly #rows = new Map<number, Row>();
  readonly changed = new Set<Row>();
  readonly added = new Set<New>();

  constructor(keyOf: (row: Row) => number) {
    this.#keyOf = keyOf;
  }

  /** Adds a row as loaded from the database. */
  load(row: Row): void {
    this.#rows.set(this.#keyOf(row), row);
  }

  get(key: number): Row | undefined {
    return this.#rows.get(key);
  }

  values(): Iterable<Row> {
    return this.#rows.values();
  }

  /** Changes a row. Later commands of the batch see the change; it is written at the end of the batch. */
  change(row: Row, change: Partial<Row>): void {
    Object.assign(row, change);
    if (!(this.added as ReadonlySet<Row>).has(row)) this.changed.add(row);
  }

  add(row: New): New {
    this.load(row);
    this.added.add(row);
    return row;
  }
}

/** Rows whose ids appear in outcomes. Their ids are drawn before any row is written. */
export const ID_KINDS = [
  'order',
  'booking',
  'payment',
  'checkout',
  'concert',
  'schedule',
  'webhook',
  'draw',
  'queue',
  'hall',
] as const;
export type IdKind = (typeof ID_KINDS)[number];

/** A record with one value for each kind of id. */
export function byIdKind<Value>(make: (kind: IdKind) => Value): Record<IdKind, Value> {
  return Object.fromEntries(ID_KINDS.map((kind) => [kind, make(kind)])) as Record<IdKind, Value>;
}

/** How many ids of each kind some commands need together. */
export function countIds(
  needs: readonly { newIds?: Partial<Record<IdKind, number>> }[],
): Record<IdKind, number> {
  return byIdKind((kind) => needs.reduce((sum, { newIds }) => sum + (newIds?.[kind] ?? 0), 0));
}

/** Ids that the batch drew from the sequences before its commands were applied. */
export class NewIds {
  readonly #ids: readonly number[];
  #next = 0;

  constructor(ids: readonly number[]) {
    this.#ids = ids;
  }

  take(): number {
    const id = this.#ids[this.#next];
    this.#next += 1;
    assert(id !== undefined, 'A handler took more ids than its needs declared.');
    return id;
  }
}
