/** Combines many Redis commands or PostgreSQL statements into one system call. */
import type { Duplex } from 'node:stream';

/**
 * Sends all writes of one event loop turn in one system call. ioredis and `pg` make one call per command, which was a
 * quarter of the CPU time of both processes (docs/decisions/0007). ioredis's own auto-pipelining costs more than it saves.
 */
export function coalesceWrites(stream: Duplex): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let isCorked = false;
  const uncork = () => {
    isCorked = false;
    stream.uncork();
  };
  stream.write = (...args: unknown[]) => {
    if (!isCorked) {
      isCorked = true;
      stream.cork();
      setImmediate(uncork);
    }
    return write(...args);
  };
}
