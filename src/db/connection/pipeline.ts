/**
 * Sends statements over connections of the ORM's pool.
 *
 * `pipelined` sends the statements of a transaction without waiting for each response (PostgreSQL's documentation, 34.5
 * "Pipeline Mode"). PostgreSQL executes them in order, each with a new snapshot. So locks are taken in that order, and a
 * read after a lock sees everything that was committed before (docs/decisions/0026).
 *
 * Every connection is returned to the pool. The pool closes a connection that has dropped or leads to a read-only server
 * (docs/decisions/0017).
 */
import type { PoolClient } from 'pg';
import { isReadOnlyDatabase } from '../../runtime/service-errors.ts';
import type { Statement } from '../statement.ts';
import type { Database } from './orm.ts';

/**
 * Sends a statement immediately. After a failed statement, all later ones fail too. Callers that do not await the result
 * need not catch its error.
 */
export type Send = <Row>(statement: Statement<Row>) => Promise<Row[]>;

/** Sends one statement as a separate transaction. @throws the error of PostgreSQL or the connection */
export function rowsOf<Row>(orm: Database, statement: Statement<Row>): Promise<Row[]> {
  return withConnection(orm, (client) => query(client, statement));
}

/**
 * Runs a transaction. `begin` is sent with the first statement, and the commit as soon as `use` has resolved, even if
 * statements are still in flight. If one of them fails, PostgreSQL rolls back.
 * @throws the first error of PostgreSQL, even if no caller awaited that statement; otherwise the error of `use`. After an
 *   error nothing took effect, unless the connection was lost during the commit.
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
    // In send order, the first failure is the cause of the later ones.
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

/** `pg` itself closes a dropped connection when it is returned to the pool. */
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
    // After a failover the address points to the new primary, but this connection still leads to the old one.
    isUseless = isReadOnlyDatabase(error);
    throw error;
  } finally {
    client.release(isUseless);
  }
}
