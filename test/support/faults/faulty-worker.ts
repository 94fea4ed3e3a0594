/** A worker process of a test build: it throws at points that are used in an amount of FAULTY_AMOUNT. */
import { readConfig } from '../../../src/config/config.ts';
import { openLog } from '../../../src/runtime/log.ts';
import { PARTS, startWorker } from '../../../workers/worker.ts';
import { faultyHandlers } from './faulty-handlers.ts';

const { config } = readConfig();
const worker = await startWorker({
  config,
  parts: PARTS,
  log: openLog('worker', config.logLevel),
  handlers: faultyHandlers,
});
process.send?.('ready');
process.on('SIGTERM', () => worker.stop().then(() => process.exit(0)));
