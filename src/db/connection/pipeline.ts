/**
 * Sends statements over connections of the ORM's pool.
 *
 * `pipelined` sends those of a transaction right behind each other, without waiting for one answer before the next is
 * sent (PostgreSQL's documentation, 34.5 "Pipeline Mode"). They are carried out in the order in which they are sent, each
 * with a snapshot of its own: locks are taken in that order, and what is read after a lock was taken has everything that
 * was committed before (docs/decisions/0026).
 *
 * A connection goes back into the pool whatever happens; one that was cut, or that leads to a server which takes no
 * writes, is closed (docs/decisions/0017).
 */
import type { PoolClient } from 'pg';
import { isReadOnlyDatabase } from '../../runtime/service-errors.ts';
import type { Statement } from '../statement.ts';
import type { Database } from './orm.ts';

/**
 * Sends a statement at once. What is sent after one that fails fails too; who does not wait for an answer need
 * not catch its error.
 */
export type Send = <Row>(statement: Statement<Row>) => Promise<Row[]>;

/** Sends one statement, which is a transaction of its own. @throws the error that PostgreSQL or the connection gave */
export function rowsOf<Row>(orm: Database, statement: Statement<Row>): Promise<Row[]> {
  return withConnection(orm, (client) => query(client, statement));
}

/**
 * Runs a transaction. `begin` is sent with its first statement, and the commit as soon as `use` is through, right behind
 * statements that are still on their way; where one of them fails, PostgreSQL rolls back instead.
 * @throws the first error that PostgreSQL gave, whoever waited for it, rather than what followed from it; else what `use`
 *   throws. Then nothing took effect, unless the connection was lost during the commit.
 */
export function pipelined<Result>(
  orm: Database,
  use: (send: Send) => Promise<Result>,
): Promise<Result> {
  return withConnection(orm, async (client) => {
    const sent: Promise<unknown>[] = [];
    const send: Send = (statement) => {
      const rows = query(client, statement);
      rows.catch(() => undefined);
      sent.push(rows);
      return rows;
    };
    void send(BEGIN);
    const using = (async () => use(send))();
    const [{ status }] = await Promise.allSettled([using]);
    void send(status === 'fulfilled' ? COMMIT : ROLLBACK);
    await Promise.allSettled(sent);
    // In the order in which they were sent: the first that fails is the one at fault.
    await Promise.all(sent);
    return using;
  });
}

const BEGIN: Statement<never> = { text: 'begin', values: [] };
const COMMIT: Statement<never> = { text: 'commit', values: [] };
const ROLLBACK: Statement<never> = { text: 'rollback', values: [] };

async function query<Row>(client: PoolClient, statement: Statement<Row>): Promise<Row[]> {
  const { rows } = await client.query<Row & object>(statement);
  return rows;
}

/** `pg` itself closes a connection that is given back cut. */
async function withConnection<Result>(
  orm: Database,
  use: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const pool = await orm.em.getConnection().getNativeClient();
  const client = await pool.connect();
  let isUseless = false;
  try {
    return await use(client);
  } catch (error) {
    // After a failover the address leads to the new primary, but this connection to the old one.
    isUseless = isReadOnlyDatabase(error);
    throw error;
  } finally {
    client.release(isUseless);
  }
}
