/**
 * The worker process: consumes lanes and does timed work. Start as many as you like; they share.
 *
 *   npm run worker -- [--lanes seat] [--lanes user] [--lanes timers] [--lanes webhooks]
 *
 * Without `--lanes` it does all of them.
 */
import { readCommandLine } from '../src/config/command-line.ts';
import { ConfigError, readConfig } from '../src/config/config.ts';
import { LaneCountsDiffer, NotMigrated } from '../src/db/lanes/counts.ts';
import { UntestedBullmq } from '../src/lanes/bullmq/version.ts';
import { RedisMismatch } from '../src/lanes/redis/redis.ts';
import { openLog } from '../src/runtime/log.ts';
import { PARTS, type Part, startWorker } from './worker.ts';

/** A batch, its commit and the farewells take well under a second; a stuck stop must not last. */
const STOP_MS_MAX = 9000;

const { values } = readCommandLine(import.meta.filename, {
  options: { lanes: { type: 'string', multiple: true } },
});
const parts = (values.lanes ?? PARTS) as Part[];

try {
  const unknown = parts.find((part) => !PARTS.includes(part));
  if (unknown) throw new ConfigError([`--lanes ${unknown}: there are ${PARTS.join(', ')}.`]);
  const { config, warnings } = readConfig();
  const log = openLog('worker', config.logLevel);
  for (const warning of warnings) log.warn(warning);
  const worker = await startWorker({ config, parts, log });
  log.info({ parts }, 'The worker runs.');
  process.send?.('ready');

  let isStopping = false;
  const stop = async (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'Stopping: finishing the batches, giving the lanes back.');
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
    await worker.stop();
    log.info('The worker has stopped.');
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
