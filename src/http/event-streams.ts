/** How streams of events end when something breaks while they are open. */
import type { Logger } from 'pino';

/**
 * A fault ends the stream, and its client comes back and hears of it then. Hono would print the whole error
 * past the log, with whatever a driver has put into it, or send its message to the client.
 */
export function endingInLog<Stream>(
  log: Logger,
  push: (stream: Stream) => Promise<void>,
): (stream: Stream) => Promise<void> {
  return async (stream) => {
    try {
      await push(stream);
    } catch (error) {
      log.warn({ err: error }, 'A stream of events broke off; its client comes back.');
    }
  };
}
