/**
 * The API process: takes commands into lanes and answers with what came of them. Start as many as you like.
 *
 *   npm run api      on PORT, 3000 unless it is set
 */

import { startApi } from './api.ts';
import { readCommandLine } from './config/command-line.ts';
import { ConfigError, readConfig } from './config/config.ts';
import { LaneCountsDiffer, NotMigrated } from './db/lanes/counts.ts';
import { UntestedBullmq } from './lanes/bullmq/version.ts';
import { RedisMismatch } from './lanes/redis/redis.ts';
import { openLog } from './runtime/log.ts';

/** Requests under way answer at once when the process stops; a stuck one must not hold it up. */
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
    log.info({ signal }, 'Stopping: answering those who wait, taking nothing new.');
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
    await api.stop();
    log.info('The API has stopped.');
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal));
  // Whoever started this process over an IPC channel has gone, and can stop it no more.
  process.on('disconnect', () => stop('disconnect'));
  if (process.send && !process.connected) void stop('disconnect');
} catch (error) {
  const said = [ConfigError, LaneCountsDiffer, NotMigrated, RedisMismatch, UntestedBullmq];
  const isSaid = said.some((kind) => error instanceof kind);
  console.error(isSaid ? (error as Error).message : error);
  process.exit(1);
}
