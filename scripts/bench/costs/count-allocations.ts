/**
 * Preloaded into a process of the benchmark (`--import`): reports to the parent process on request how many bytes were
 * allocated since the last request. V8's sampling profiler also counts objects that have been collected meanwhile.
 */
import { Session } from 'node:inspector/promises';

/** The sampling interval; the sum of a megabyte is then accurate to about one percent. */
const SAMPLED_EACH_BYTES = 2048;

interface Node {
  selfSize: number;
  children: Node[];
}

const session = new Session();
session.connect();

async function start(): Promise<void> {
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: SAMPLED_EACH_BYTES,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
}

const sumOf = ({ selfSize, children }: Node): number =>
  children.reduce((sum, child) => sum + sumOf(child), selfSize);

process.on('message', async (message) => {
  if (message !== 'allocated') return;
  const { profile } = await session.post('HeapProfiler.stopSampling');
  process.send?.({ allocated: sumOf(profile.head) });
  await start();
});
// The channel must not keep the process alive.
process.channel?.unref();
await start();
