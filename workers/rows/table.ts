/** The rows of one table in memory. */

/** New rows, none of which is taken back. */
export type AppendOnly<Row> = Iterable<Row> & Pick<Row[], 'push'>;

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
