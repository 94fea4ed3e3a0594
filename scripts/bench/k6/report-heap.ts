/** Preloaded into a process of a soak (`--import`): tells its parent on request what is left of its heap after a garbage collection. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HEAP_REQUEST } from './heap-request.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

process.on('message', (message) => {
  if (message !== HEAP_REQUEST) return;
  collect();
  process.send?.(process.memoryUsage().heapUsed / 2 ** 20);
});
// The channel must not keep the process alive.
process.channel?.unref();
