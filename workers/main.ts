/**
 * The worker process: consumes lanes, runs timers and delivers webhooks. Several worker processes share this work.
 *
 *   npm run worker -- [--lanes seat] [--lanes user] [--lanes timers] [--lanes webhooks]
 *
 * Without `--lanes` it does all four.
 */
import { readCommandLine } from '../src/config/command-line.ts';
import { ConfigError, readConfig } from '../src/config/config.ts';
import { LaneCountsDiffer, NotMigrated } from '../src/db/lanes/counts.ts';
import { UntestedBullmq } from '../src/lanes/bullmq/version.ts';
import { RedisMismatch } from '../src/lanes/redis/redis.ts';
import { openLog } from '../src/runtime/log.ts';
import { PARTS, type Part, startWorker } from './worker.ts';

/** A stop usually takes well under a second; after this time a stuck one ends the process. */
const STOP_MS_MAX = 9000;

const { values } = readCommandLine(import.meta.filename, {
  options: { lanes: { type: 'string', multiple: true } },
});
const parts = (values.lanes ?? PARTS) as Part[];

try {
  const unknown = parts.find((part) => !PARTS.includes(part));
  if (unknown) throw new ConfigError([`--lanes ${unknown} is unknown. Use ${PARTS.join(', ')}.`]);
  const { config, warnings } = readConfig();
  const log = openLog('worker', config.logLevel);
  for (const warning of warnings) log.warn(warning);
  const worker = await startWorker({ config, parts, log });
  log.info({ parts }, 'The worker is running.');
  process.send?.('ready');

  let isStopping = false;
  const stop = async (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'Stopping: finishing the batches and releasing the lanes.');
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
    await worker.stop();
    log.info('The worker has stopped.');
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal));
  // The parent process has ended and can no longer stop this one.
  process.on('disconnect', () => stop('disconnect'));
  if (process.send && !process.connected) void stop('disconnect');
} catch (error) {
  const expected = [ConfigError, LaneCountsDiffer, NotMigrated, RedisMismatch, UntestedBullmq];
  const isExpectedStartupError = expected.some((kind) => error instanceof kind);
  console.error(isExpectedStartupError ? (error as Error).message : error);
  process.exit(1);
}
