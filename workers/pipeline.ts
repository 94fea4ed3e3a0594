/**
 * Transactions whose statements are sent right behind each other, without waiting for one answer before
 * the next is sent (PostgreSQL's documentation, 34.5 "Pipeline Mode"). They are carried out in the order in which they
 * are sent, each with a snapshot of its own: locks are taken in that order, and what is read after a lock was taken
 * has everything that was committed before (docs/decisions/0026).
 */
import type { RawBuilder } from 'kysely';
import type { Database } from '../src/db/orm.ts';

/**
 * Sends a statement at once. What is sent after one that fails fails too; who does not wait for an answer need
 * not catch its error.
 */
export type Send = <Row>(statement: RawBuilder<Row>) => Promise<Row[]>;

/**
 * Runs a transaction of the ORM's connection, without a unit of work, which nothing here needs. It is committed as soon as
 * `use` is through, behind statements that are still on their way: who has not waited for one has to, afterwards.
 * @throws the first error that PostgreSQL gave, rather than what followed from it; else what `use` throws
 */
export function pipelined<Result>(
  orm: Database,
  use: (send: Send) => Promise<Result>,
): Promise<Result> {
  return orm.em.getConnection().transactional((transaction) =>
    transaction.getExecutor().provideConnection(async (connection) => {
      const faults: unknown[] = [];
      const send: Send = <Row>(statement: RawBuilder<Row>) => {
        const rows = connection
          .executeQuery<Row>(statement.compile(transaction))
          .then((answer) => answer.rows);
        rows.catch((error) => faults.push(error));
        return rows;
      };
      return use(send).catch((error) => {
        throw faults[0] ?? error;
      });
    }),
  );
}
