/** `npm run seed`: puts a demo concert into an empty database; leaves any other as it is. */
import { readConfig } from '../src/config.ts';
import { seed } from './steps/seed.ts';

const seats = await seed(readConfig().config.databaseUrl, new Date());
console.log(
  seats === undefined
    ? 'There is a concert already: nothing was added.'
    : `Added a concert with two evenings and ${seats} seats in all.`,
);
