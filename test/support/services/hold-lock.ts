/** Another session that holds a lock as long as a test needs it. */
import { Client } from 'pg';

/**
 * Runs a locking statement in a transaction of a session of its own.
 * @returns what commits the transaction and frees the lock
 */
export async function holdLock(
  databaseUrl: string,
  statement: string,
): Promise<() => Promise<void>> {
  const session = new Client(databaseUrl);
  await session.connect();
  await session.query('begin');
  await session.query(statement);
  return async () => {
    await session.query('commit');
    await session.end();
  };
}
