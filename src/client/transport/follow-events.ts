/** An event stream that reconnects when it breaks, and resumes after the last event received. */

import { Interrupted } from '../errors.ts';
import type { Request } from './connection.ts';
import type { ServerEvent } from './event-stream.ts';
import type { RetryPolicy } from './retry-policy.ts';

/**
 * @param request builds the request of each connection
 * @param onLive called with true when the stream connects, with false when it breaks
 * @throws an error that a reconnect would not fix, or Unreachable when all retries failed
 */
export async function* followEvents(
  retryPolicy: RetryPolicy,
  request: () => Request,
  onLive: (isLive: boolean) => void = () => {},
): AsyncGenerator<ServerEvent, never, undefined> {
  let lastEventId = '';
  let failures = 0;
  const callbacks = {
    onOpen: () => onLive(true),
    // A stream that delivered data did connect, so the count of failed connections starts again.
    onData: () => {
      failures = 0;
    },
  };
  for (;;) {
    const resumed = withLastEventId(request(), lastEventId);
    try {
      for await (const event of retryPolicy.connection.events(resumed, callbacks)) {
        lastEventId = event.lastEventId || lastEventId;
        yield event;
      }
      throw new Interrupted(new Error('The stream ended.'));
    } catch (error) {
      onLive(false);
      failures += 1;
      await retryPolicy.waitBeforeRetry(resumed, failures, error);
    }
  }
}

function withLastEventId(request: Request, lastEventId: string): Request {
  if (lastEventId === '') return request;
  return { ...request, headers: { ...request.headers, 'Last-Event-ID': lastEventId } };
}
