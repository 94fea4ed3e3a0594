/** A worker process of a test build: it throws at points that are used in an amount of FAULTY_AMOUNT. */
import { readConfig } from '../../../src/config.ts';
import { openLog } from '../../../src/log.ts';
import { handlers } from '../../../workers/handlers/index.ts';
import { PARTS, startWorker } from '../../../workers/worker.ts';
import { FAULTY_AMOUNT } from './faulty-amount.ts';

const { config } = readConfig();
const worker = await startWorker({
  config,
  parts: PARTS,
  log: openLog('worker', config.logLevel),
  handlers: {
    ...handlers,
    'use-points': {
      ...handlers['use-points'],
      apply(context) {
        const { amount } = context.command.input as { amount: number };
        if (amount === FAULTY_AMOUNT) throw new Error('broken by a test');
        return handlers['use-points'].apply(context);
      },
    },
  },
});
process.send?.('ready');
process.on('SIGTERM', () => worker.stop().then(() => process.exit(0)));
