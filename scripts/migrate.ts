/**
 * `npm run migrate [-- --lock-timeout SECONDS]`: applies missing migrations. It is safe to run twice, several times at
 * once, and while the system is running. A migration that waits longer than the timeout (3 s) for a lock is rolled
 * back; run the command again.
 */
import { readCommandLine, refuseUsage } from '../src/config/command-line.ts';
import { progress } from './lib/progress.ts';
import { runScript } from './lib/run-script.ts';
import { LockTimeout, migrate, ProcessesRunning } from './steps/migrate.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: { 'lock-timeout': { type: 'string', default: '3' } },
});
const lockTimeoutMs = Number(values['lock-timeout']) * 1000;
if (lockTimeoutMs === 0) {
  refuseUsage(import.meta.filename, '--lock-timeout takes a number of seconds above 0.');
}

await runScript(
  'Each migration is applied completely or not at all. Run the command again.',
  async (config) => {
    const task = progress('Migrating the database');
    try {
      const applied = await migrate(config.databaseUrl, { lockTimeoutMs });
      task.done(applied > 0 ? `Applied ${applied} migration(s).` : 'The database is up to date.');
      console.error(
        'For an upgrade, now restart the workers, then the API processes (docs/operations.md).',
      );
      return 0;
    } catch (error) {
      if (!(error instanceof LockTimeout || error instanceof ProcessesRunning)) throw error;
      task.failed(error.message);
      return 1;
    }
  },
);
