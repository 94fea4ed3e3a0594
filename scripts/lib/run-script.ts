/** The frame of scripts that work on a running system: settings, Ctrl-C, and errors as sentences. */
import { type Config, ConfigError, readConfig } from '../../src/config/config.ts';
import { sentenceOfDatabaseFault } from '../../src/db/connection/database-fault.ts';
import { endOnInterrupt } from './interrupt.ts';
import { clearProgress } from './progress.ts';

/** PostgreSQL's code for an undefined table. */
const NO_TABLE = '42P01';

/**
 * Reads the settings, runs `work`, and exits.
 * @param left printed on Ctrl-C: a sentence on the state that remains, and on how to continue
 * @param work returns the exit code; undefined is 0
 */
export async function runScript(
  left: string,
  work: (config: Config) => Promise<number | undefined>,
): Promise<never> {
  endOnInterrupt(left);
  try {
    process.exit((await work(readConfig().config)) ?? 0);
  } catch (error) {
    clearProgress();
    console.error(sentenceFor(error) ?? error);
    process.exit(1);
  }
}

/** A sentence for errors that the user can fix; undefined for bugs. */
function sentenceFor(error: unknown): string | undefined {
  const { message, code } = error as Error & { code?: string };
  if (error instanceof ConfigError) return message;
  if (code === NO_TABLE) return 'The database has no tables yet. Run `npm run migrate`.';
  return sentenceOfDatabaseFault(error, process.env.DATABASE_URL ?? 'postgres://nowhere');
}
