/**
 * Preloaded into a process of the benchmark (`--import`): tells its parent on demand how many bytes the process has
 * allocated since it was asked last. V8's sampling profiler counts what was collected meanwhile, too.
 */
import { Session } from 'node:inspector/promises';

/** Every so many bytes an allocation is looked at: the sum is exact to a percent or so for a megabyte. */
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
// Whoever preloads this must still be able to end by itself.
process.channel?.unref();
await start();
