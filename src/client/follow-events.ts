/** A stream of events that is opened again whenever it breaks, and goes on after the last event that came. */
import type { Request } from './connection.ts';
import { Interrupted } from './errors.ts';
import type { ServerEvent } from './event-stream.ts';
import type { Patience } from './patience.ts';

/**
 * @param request asked for anew at each connection
 * @param onLive told when events can arrive, and when the line is broken
 * @throws what another connection would not mend, Unreachable when the retries are used up
 */
export async function* followEvents(
  patience: Patience,
  request: () => Request,
  onLive: (isLive: boolean) => void = () => {},
): AsyncGenerator<ServerEvent, never, undefined> {
  let lastEventId = '';
  let failures = 0;
  const signs = {
    onOpen: () => onLive(true),
    // A stream that was alive and broke off is no failure to connect: retries are counted anew.
    onPiece: () => {
      failures = 0;
    },
  };
  for (;;) {
    const asked = resumed(request(), lastEventId);
    try {
      for await (const event of patience.connection.events(asked, signs)) {
        lastEventId = event.lastEventId || lastEventId;
        yield event;
      }
      throw new Interrupted(new Error('The stream ended.'));
    } catch (error) {
      onLive(false);
      failures += 1;
      await patience.beforeNextTry(asked, failures, error);
    }
  }
}

function resumed(request: Request, lastEventId: string): Request {
  if (lastEventId === '') return request;
  return { ...request, headers: { ...request.headers, 'Last-Event-ID': lastEventId } };
}
