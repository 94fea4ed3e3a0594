/** `npm run seed`: puts a demo concert into an empty database; leaves any other as it is. */
import { readCommandLine } from '../src/config/command-line.ts';
import { progress } from './lib/progress.ts';
import { runScript } from './lib/run-script.ts';
import { seed } from './steps/seed.ts';

readCommandLine(import.meta.filename, {});

await runScript('The database is as it was.', async ({ databaseUrl }) => {
  const task = progress('Making a demo concert');
  const seats = await seed(databaseUrl, new Date(), (done, total) => task.update(done, total));
  task.done(
    seats === undefined
      ? 'There is a concert already: nothing was added.'
      : `Added a concert with two evenings and ${seats} seats in all.`,
  );
  console.error('Try next: `npm run demo` buys a seat of it.');
  return 0;
});
