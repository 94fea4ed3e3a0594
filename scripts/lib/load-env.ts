/**
 * Loaded before the entry points by the npm scripts: the settings of the services that `npm start` or
 * `npm run services` runs (.seatlane/env), then one's own (.env). What is set already wins over both.
 */
import { existsSync } from 'node:fs';
import { unknownSettings } from './unknown-settings.ts';

for (const file of ['.env', '.seatlane/env']) {
  if (existsSync(file)) process.loadEnvFile(file);
}

// The two processes say it when they start; the scripts are quiet.
if (/\bmain\.ts$/.test(process.argv[1] ?? '')) {
  for (const warning of unknownSettings('.env')) console.error(`Doubtful: ${warning}`);
}

if (!process.env.DATABASE_URL) {
  process.once('exit', (code) => {
    if (code !== 1) return;
    console.error(
      '`npm start` in another terminal brings all services; or name your own (.env.example).',
    );
  });
}
