/** How the scripts that work on a running system begin and end: settings, Ctrl-C, and errors as sentences. */
import { type Config, ConfigError, readConfig } from '../../src/config/config.ts';
import { endOnInterrupt } from './interrupt.ts';
import { clearProgress } from './progress.ts';

const AWAY =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|connection (timeout|terminated)/i;
/** PostgreSQL says that a table is not there. */
const NO_TABLE = '42P01';

/**
 * Reads the settings and does the work; then the process ends.
 * @param left for Ctrl-C: what stands now, and how to go on
 * @param work gives the exit code, 0 without one
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

/** What went wrong where the one who reads can mend it; undefined for faults of ours. */
function sentenceFor(error: unknown): string | undefined {
  const { message, code } = error as Error & { code?: string };
  if (error instanceof ConfigError) return message;
  if (AWAY.test(`${code} ${message}`)) {
    const { host } = new URL(process.env.DATABASE_URL ?? 'postgres://nowhere');
    return `PostgreSQL does not answer at ${host}. Does \`npm start\` (or your own server) still run?`;
  }
  if (code === NO_TABLE) return 'The database has no tables yet: `npm run migrate` makes them.';
  return undefined;
}
