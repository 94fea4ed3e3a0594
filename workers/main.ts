/**
 * The worker process: consumes lanes, runs timers, delivers webhooks and calls payment providers. Several worker processes
 * share this work.
 *
 *   npm run worker -- [--lanes seat] [--lanes user] [--lanes timers] [--lanes webhooks] [--lanes payments]
 *
 * Without `--lanes` it does all of them.
 */
import { readCommandLine, refuseUsage } from '../src/config/command-line.ts';
import { runProcess } from '../src/run-process.ts';
import { PARTS, type Part, startWorker } from './worker.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: { lanes: { type: 'string', multiple: true } },
});
const parts = (values.lanes ?? PARTS) as Part[];
const unknown = parts.find((part) => !PARTS.includes(part));
if (unknown) {
  const sentence = `--lanes ${unknown} is unknown. Use ${PARTS.join(', ')}.`;
  refuseUsage(import.meta.filename, sentence);
}

await runProcess({
  name: 'worker',
  async start({ config, log }) {
    const worker = await startWorker({ config, parts, log });
    log.info({ parts }, 'The worker is running.');
    process.send?.('ready');
    return worker;
  },
  stopping: 'finishing the batches and releasing the lanes',
});
