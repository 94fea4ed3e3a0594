/**
 * Transactions whose statements are sent right behind each other, without waiting for one answer before
 * the next is sent (PostgreSQL's documentation, 34.5 "Pipeline Mode"). They are carried out in the order in which they
 * are sent, each with a snapshot of its own: locks are taken in that order, and what is read after a lock was taken
 * has everything that was committed before (docs/decisions/0026).
 */
import type { RawBuilder } from 'kysely';
import type { Database } from './orm.ts';

/**
 * Sends a statement at once. What is sent after one that fails fails too; who does not wait for an answer need
 * not catch its error.
 */
export type Send = <Row>(statement: RawBuilder<Row>) => Promise<Row[]>;

/**
 * Runs a transaction of the ORM's connection, without a unit of work, which nothing here needs. The commit is sent as soon
 * as `use` is through, right behind statements that are still on their way; where one of them fails it rolls back.
 * @throws the first error that PostgreSQL gave, whoever waited for it, rather than what followed from it; else what `use` throws
 */
export async function pipelined<Result>(
  orm: Database,
  use: (send: Send) => Promise<Result>,
): Promise<Result> {
  const sent: Promise<unknown>[] = [];
  const transaction = orm.em.getConnection().transactional((trx) =>
    trx.getExecutor().provideConnection((connection) =>
      use((statement) => {
        const answer = connection.executeQuery<never>(statement.compile(trx));
        const rows = answer.then((found) => found.rows);
        rows.catch(() => undefined);
        sent.push(rows);
        return rows;
      }),
    ),
  );
  await Promise.allSettled([transaction]);
  // Answers come in the order of the statements: the first that fails is the one at fault.
  await Promise.all(sent);
  return transaction;
}
