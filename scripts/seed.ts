/** `npm run seed`: adds a demo concert to an empty database. A database with concerts is not changed. */
import { readCommandLine } from '../src/config/command-line.ts';
import { progress } from './lib/progress.ts';
import { runScript } from './lib/run-script.ts';
import { seed } from './steps/seed.ts';

readCommandLine(import.meta.filename, {});

await runScript('The database is unchanged.', async ({ databaseUrl }) => {
  const task = progress('Creating a demo concert');
  const seats = await seed(databaseUrl, new Date(), (done, total) => task.update(done, total));
  task.done(
    seats === undefined
      ? 'The database already has a concert, so nothing was added.'
      : `Added a concert with two performances and ${seats} seats in total.`,
  );
  console.error('Next: `npm run demo` buys one of its seats.');
  return 0;
});
