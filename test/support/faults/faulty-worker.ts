/** A worker process for tests: using exactly FAULTY_AMOUNT points throws an error. */
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
