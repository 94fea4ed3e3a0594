/**
 * Loaded by the npm scripts before the entry points. Reads the settings of .env, and then those of the services that
 * `npm start` or `npm run services` runs: the file `env` in their folder, which is SEATLANE_DATA or .seatlane. A variable
 * that is already set is not overwritten.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { unknownSettings } from './unknown-settings.ts';

if (existsSync('.env')) process.loadEnvFile('.env');
const folder = process.env.SEATLANE_DATA;
const written = join(folder || '.seatlane', 'env');
if (existsSync(written)) process.loadEnvFile(written);
else if (folder) {
  console.error(`SEATLANE_DATA is ${folder}, but no services were started with that folder.`);
  process.exit(1);
}

// Only the API and the worker warn; the other scripts do not.
if (/\bmain\.ts$/.test(process.argv[1] ?? '')) {
  for (const warning of unknownSettings('.env')) console.error(`Warning: ${warning}`);
}

if (!process.env.DATABASE_URL) {
  process.once('exit', (code) => {
    if (code !== 1) return;
    console.error(
      'Run `npm start` in another terminal to start all services, or configure your own (.env.example).',
    );
  });
}
