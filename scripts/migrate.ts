/**
 * `npm run migrate [-- --lock-timeout SECONDS]`: safe to run twice, by several at once, and while the system works. Where
 * a migration waits longer than that for a lock (3 s), it gives up and changes nothing: run it again.
 */
import { readCommandLine } from '../src/config/command-line.ts';
import { progress } from './lib/progress.ts';
import { runScript } from './lib/run-script.ts';
import { LockedOut, migrate } from './steps/migrate.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: { 'lock-timeout': { type: 'string', default: '3' } },
});
const lockTimeoutMs = Number(values['lock-timeout']) * 1000;

await runScript(
  'Each migration is carried out as a whole or not at all; run it again.',
  async (config) => {
    if (!(lockTimeoutMs > 0)) {
      console.error('--lock-timeout wants a number of seconds above 0.');
      return 1;
    }
    const task = progress('Bringing the database up to date');
    try {
      const applied = await migrate(config.databaseUrl, { lockTimeoutMs });
      task.done(applied > 0 ? `Applied ${applied} migration(s).` : 'Nothing to migrate.');
      console.error(
        'Next, on an upgrade: restart the workers, then the API processes (docs/operations.md).',
      );
      return 0;
    } catch (error) {
      if (!(error instanceof LockedOut)) throw error;
      task.failed(error.message);
      return 1;
    }
  },
);
