/**
 * The API process: accepts commands, enqueues them in lanes and returns their outcomes. Run as many as needed.
 *
 *   npm run api      listens on PORT (default 3000)
 */

import { startApi } from './api.ts';
import { readCommandLine } from './config/command-line.ts';
import { ConfigError, readConfig } from './config/config.ts';
import { LaneCountsDiffer, NotMigrated } from './db/lanes/counts.ts';
import { UntestedBullmq } from './lanes/bullmq/version.ts';
import { RedisMismatch } from './lanes/redis/redis.ts';
import { openLog } from './runtime/log.ts';
import { shutDownOnSignals } from './runtime/shutdown.ts';

/** The longest graceful stop, in ms: a stuck request must not block the exit. */
const STOP_MS_MAX = 9000;

readCommandLine(import.meta.filename, {});

try {
  const { config, warnings } = readConfig();
  const log = openLog('api', config.logLevel);
  for (const warning of warnings) log.warn(warning);
  const api = await startApi({ config, log });
  log.info({ port: api.port }, `The API listens on http://localhost:${api.port}`);
  process.send?.({ port: api.port });

  shutDownOnSignals({
    steps: api.closing,
    limitMs: STOP_MS_MAX,
    onBegin: (signal) =>
      log.info({ signal }, 'Stopping: finishing requests in flight, accepting no new ones.'),
    onClosed: () => log.info('The API has stopped.'),
    report: (sentence, error) => log.error({ err: error }, sentence),
  });
} catch (error) {
  const expected = [ConfigError, LaneCountsDiffer, NotMigrated, RedisMismatch, UntestedBullmq];
  const isExpectedStartupError = expected.some((kind) => error instanceof kind);
  console.error(isExpectedStartupError ? (error as Error).message : error);
  process.exit(1);
}
