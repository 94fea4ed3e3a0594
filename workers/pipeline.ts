/**
 * Sends the statements of a transaction right behind each other, without waiting for one answer before
 * the next is sent (PostgreSQL's documentation, 34.5 "Pipeline Mode"). They are carried out in the order in which they
 * are sent, each with a snapshot of its own: locks are taken in that order, and what is read after a lock was taken
 * has everything that was committed before.
 */
import type { Kysely, RawBuilder } from 'kysely';

/**
 * Sends a statement at once. What is sent after one that fails fails too; who does not wait for an answer need
 * not catch its error.
 */
export type Send = <Row>(statement: RawBuilder<Row>) => Promise<Row[]>;

/**
 * Gives `use` the connection of a transaction for its statements.
 * @throws the first error that PostgreSQL gave, rather than what followed from it; else what `use` throws
 */
export function pipelined<Result>(
  db: Kysely<never>,
  use: (send: Send) => Promise<Result>,
): Promise<Result> {
  return db.getExecutor().provideConnection(async (connection) => {
    const faults: unknown[] = [];
    const send: Send = <Row>(statement: RawBuilder<Row>) => {
      const rows = connection
        .executeQuery<Row>(statement.compile(db))
        .then((answer) => answer.rows);
      rows.catch((error) => faults.push(error));
      return rows;
    };
    return use(send).catch((error) => {
      throw faults[0] ?? error;
    });
  });
}
