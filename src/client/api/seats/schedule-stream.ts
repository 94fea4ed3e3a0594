/** The event stream of a schedule, which continues across reconnects: changes of its seats and areas. */
import type { CallOptions } from '../../options.ts';
import type { ServerEvent } from '../../transport/event-stream.ts';
import { followEvents } from '../../transport/follow-events.ts';
import type { RetryPolicy } from '../../transport/retry-policy.ts';

export interface StreamOptions extends CallOptions {
  /** Called with true when the stream connects, with false when it breaks. */
  onLive?: ((isLive: boolean) => void) | undefined;
}

export interface StreamDeps {
  retryPolicy: RetryPolicy;
  /** Returns the headers with the queue token, for each connection. */
  headers(): Record<string, string>;
}

export function followSchedule(
  { retryPolicy, headers }: StreamDeps,
  scheduleId: number,
  { signal, onLive }: StreamOptions,
): AsyncGenerator<ServerEvent, never, undefined> {
  const path = `/concerts/schedules/${scheduleId}/events`;
  const request = () => ({ method: 'GET', path, headers: headers(), signal }) as const;
  return followEvents(retryPolicy, request, onLive);
}
