/** `npm run migrate`: safe to run twice, and by several at once. */
import { readConfig } from '../src/config.ts';
import { migrate } from './steps/migrate.ts';

const applied = await migrate(readConfig().config.databaseUrl);
console.log(applied > 0 ? `Applied ${applied} migration(s).` : 'Nothing to migrate.');
