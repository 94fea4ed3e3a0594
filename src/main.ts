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

  let isStopping = false;
  const stop = async (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'Stopping: finishing requests in flight, accepting no new ones.');
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
    await api.stop();
    log.info('The API has stopped.');
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal));
  // The parent process that started this one over an IPC channel has exited and can no longer stop it.
  process.on('disconnect', () => stop('disconnect'));
  if (process.send && !process.connected) void stop('disconnect');
} catch (error) {
  const expected = [ConfigError, LaneCountsDiffer, NotMigrated, RedisMismatch, UntestedBullmq];
  const isExpectedStartupError = expected.some((kind) => error instanceof kind);
  console.error(isExpectedStartupError ? (error as Error).message : error);
  process.exit(1);
}
