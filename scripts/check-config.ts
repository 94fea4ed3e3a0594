/** `npm run check:config`: validates the settings, and prints warnings. Exits with 1 if a setting is invalid. */
import { readCommandLine } from '../src/config/command-line.ts';
import { ConfigError, readConfig } from '../src/config/config.ts';
import { unknownSettings } from './lib/unknown-settings.ts';

readCommandLine(import.meta.filename, {});

try {
  const { warnings } = readConfig();
  for (const warning of [...warnings, ...unknownSettings('.env')]) {
    console.log(`Warning: ${warning}`);
  }
  console.log('The settings are valid.');
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
