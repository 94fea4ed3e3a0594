/** One system call for many commands to Redis, or statements to PostgreSQL. */
import type { Duplex } from 'node:stream';

/**
 * Sends what is written within one turn of the event loop in one system call. ioredis and `pg` make a call for
 * each command, which was a quarter of the CPU time of both processes (docs/decisions/0007); the own
 * pipelining of ioredis for single commands costs more than it saves.
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
