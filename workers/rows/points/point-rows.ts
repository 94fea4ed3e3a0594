/** The balances of a batch in memory, and their history. */
import { strict as assert } from 'node:assert';
import type { Row } from '../../../src/db/tables.ts';
import { Table } from '../table.ts';

export interface PointsRow extends Row<'points'> {
  /** Whether the user has no row yet; the first change inserts it. */
  isNew: boolean;
}

/** A new history row; the insert sets its id and time. */
export type PointHistoryRow = Omit<Row<'point_history'>, 'id' | 'createdAt'>;

/** A balance is the sum of its history: `move` writes both, and nothing else changes either of them. */
export class PointRows {
  readonly #table = new Table<PointsRow>((points) => points.userId);
  readonly #history: PointHistoryRow[] = [];

  /** Adds a balance as loaded from the database. */
  load(points: PointsRow): void {
    this.#table.load(points);
  }

  get(userId: number): Readonly<PointsRow> | undefined {
    return this.#table.get(userId);
  }

  /** Adds a line to the history of a user, and sets the balance to that of the line. Later commands of the batch see it. */
  move(line: PointHistoryRow): void {
    const points = this.#table.get(line.userId);
    assert(points, 'A handler moved points that its needs did not declare.');
    this.#table.change(points, { balance: line.balance });
    this.#history.push(line);
  }

  /** The balances that differ from the loaded ones. */
  get changed(): ReadonlySet<Readonly<PointsRow>> {
    return this.#table.changed;
  }

  /** The lines of this batch, in their order. */
  get history(): readonly PointHistoryRow[] {
    return this.#history;
  }
}
