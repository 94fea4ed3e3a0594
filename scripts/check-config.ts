/** `npm run check:config`: says what is wrong or doubtful with the settings; exit 1 if anything is wrong. */
import { readCommandLine } from '../src/config/command-line.ts';
import { ConfigError, readConfig } from '../src/config/config.ts';
import { unknownSettings } from './lib/unknown-settings.ts';

readCommandLine(import.meta.filename, {});

try {
  const { warnings } = readConfig();
  for (const warning of [...warnings, ...unknownSettings('.env')]) {
    console.log(`Doubtful: ${warning}`);
  }
  console.log('The settings make sense.');
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
