/** The frame of the API and the worker process: settings, log, shutdown, and faults of the start as sentences. */
import type { Logger } from 'pino';
import { type Config, readConfig } from './config/config.ts';
import { openLog } from './runtime/log.ts';
import { type ClosingSteps, shutDownOnSignals } from './runtime/shutdown.ts';
import { sentenceOfStartFault } from './start-faults.ts';

/** The longest graceful stop, in ms: something stuck must not block the exit. It usually takes well under a second. */
const STOP_MS_MAX = 9000;

export interface ProcessOptions {
  name: 'api' | 'worker';
  /** Starts it, and says so in the log and to the parent process. @returns what to close at the end, in order */
  start(settings: { config: Config; log: Logger }): Promise<{ closing: ClosingSteps }>;
  /** What it does while it stops, for the log. */
  stopping: string;
}

/** Runs a process until a signal ends it. If it cannot start, prints why and exits with 1. */
export async function runProcess({ name, start, stopping }: ProcessOptions): Promise<void> {
  let databaseUrl = '';
  try {
    const { config, warnings } = readConfig();
    databaseUrl = config.databaseUrl;
    const log = openLog(name, config.logLevel);
    for (const warning of warnings) log.warn(warning);
    const { closing } = await start({ config, log });
    shutDownOnSignals({
      steps: closing,
      limitMs: STOP_MS_MAX,
      onBegin: (signal) => log.info({ signal }, `Stopping: ${stopping}.`),
      onClosed: () => log.info(`The ${name === 'api' ? 'API' : name} has stopped.`),
      report: (sentence, error) => log.error({ err: error }, sentence),
    });
  } catch (error) {
    console.error(sentenceOfStartFault(error, databaseUrl) ?? error);
    process.exit(1);
  }
}
