/**
 * The worker process: consumes lanes, runs timers, delivers webhooks and calls payment providers. Several worker processes
 * share this work.
 *
 *   npm run worker -- [--lanes seat] [--lanes user] [--lanes timers] [--lanes webhooks] [--lanes payments]
 *
 * Without `--lanes` it does all of them.
 */
import { readCommandLine } from '../src/config/command-line.ts';
import { ConfigError, readConfig } from '../src/config/config.ts';
import { LaneCountsDiffer, NotMigrated } from '../src/db/lanes/counts.ts';
import { UntestedBullmq } from '../src/lanes/bullmq/version.ts';
import { RedisMismatch } from '../src/lanes/redis/redis.ts';
import { openLog } from '../src/runtime/log.ts';
import { shutDownOnSignals } from '../src/runtime/shutdown.ts';
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

  shutDownOnSignals({
    steps: worker.closing,
    limitMs: STOP_MS_MAX,
    onBegin: (signal) =>
      log.info({ signal }, 'Stopping: finishing the batches and releasing the lanes.'),
    onClosed: () => log.info('The worker has stopped.'),
    report: (sentence, error) => log.error({ err: error }, sentence),
  });
} catch (error) {
  const expected = [ConfigError, LaneCountsDiffer, NotMigrated, RedisMismatch, UntestedBullmq];
  const isExpectedStartupError = expected.some((kind) => error instanceof kind);
  console.error(isExpectedStartupError ? (error as Error).message : error);
  process.exit(1);
}
