/** A worker process of a test build: it throws at points that are used in an amount of FAULTY_AMOUNT. */
import { readConfig } from '../../../src/config/config.ts';
import { openLog } from '../../../src/runtime/log.ts';
import { shutDownOnSignals } from '../../../src/runtime/shutdown.ts';
import { PARTS, startWorker } from '../../../workers/worker.ts';
import { faultyHandlers } from './faulty-handlers.ts';

const STOP_MS_MAX = 30_000;

const { config } = readConfig();
const worker = await startWorker({
  config,
  parts: PARTS,
  log: openLog('worker', config.logLevel),
  handlers: faultyHandlers,
});
process.send?.('ready');
shutDownOnSignals({ steps: worker.closing, limitMs: STOP_MS_MAX });
