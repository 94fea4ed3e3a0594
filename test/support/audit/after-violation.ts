/** Breaks what the audit is to find, for as long as a test looks. */
import type { Client } from 'pg';
import { expect } from 'vitest';

/**
 * Runs a statement that breaks a promise, looks, and rolls it back. Foreign keys and triggers are not in the way.
 * @param loosening drops further constraints and unique indexes, which are back afterwards too
 * @returns what `look` returns
 */
export async function afterViolation<Seen>(
  client: Client,
  { violation, loosening = [] }: { violation: string; loosening?: readonly string[] },
  look: () => Promise<Seen>,
): Promise<Seen> {
  await client.query('begin');
  try {
    await client.query(`set local session_replication_role = replica`);
    for (const each of loosening) await client.query(each);
    const { rowCount } = await client.query(violation);
    expect(rowCount).toBeGreaterThan(0);
    return await look();
  } finally {
    await client.query('rollback');
  }
}
