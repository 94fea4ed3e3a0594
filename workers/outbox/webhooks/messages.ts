/** The contents of webhook messages: the outcome of a command, or an event. */
import type { EpochMs } from '../../../src/commands/epoch-ms.ts';
import { enterQueue } from '../../../src/commands/queue/enter-queue.ts';
import { leaveQueue } from '../../../src/commands/queue/leave-queue.ts';
import { resultOf } from '../../../src/commands/result-of.ts';
import type { WebhookEvent } from '../../../src/commands/schemas/webhook-events.ts';
import type { FinishedCommand } from '../../batch/batch.ts';
import type { KEPT_OUTCOME } from './kept-outcomes.ts';

/** An event with the subject of its user; `happenedAt` in ms since 1970. */
export interface HappenedEvent {
  id: string;
  name: WebhookEvent;
  /** Null if the event concerns no single user. */
  subject: string | null;
  data: object;
  happenedAt: EpochMs;
}

/** A row of `webhook_event`: an event, or an outcome that was kept there. */
export type RelayedEvent =
  | HappenedEvent
  | (Omit<HappenedEvent, 'name'> & { name: typeof KEPT_OUTCOME });

/** What takes the events that a timer relays. */
export interface EventRelay {
  /** Queues the messages of events. */
  putEvents(events: readonly RelayedEvent[]): Promise<void>;
  /** How many events it should be given at once, at least 1. */
  readonly eventsAtOnce: number;
}

/** A message without a recipient. Its id is stable: building it again gives the same id. */
export interface Message {
  id: string;
  /** The name of the command or the event. */
  name: string;
  body: string;
}

export function outcomeMessage(finished: FinishedCommand): Message {
  const { jobId, name, outcome, subject } = finished;
  const acceptedAt = finished.firstAcceptedAt ?? finished.acceptedAt;
  const isDone = outcome.state === 'succeeded';
  const finishedAt = new Date(finished.finishedAt).toISOString();
  const body = JSON.stringify({
    type: `command.${outcome.state}`,
    timestamp: finishedAt,
    data: {
      id: jobId,
      command: name,
      subject,
      state: outcome.state,
      result: isDone ? shownResult(finished, outcome.result) : null,
      problem: isDone ? null : outcome.problem,
      createdAt: new Date(acceptedAt).toISOString(),
      finishedAt,
    },
  });
  return { id: jobId, name, body };
}

/** The id of a queue entry is internal. */
function shownResult(finished: FinishedCommand, result: object): object {
  const entry = resultOf(enterQueue, finished) ?? resultOf(leaveQueue, finished);
  if (!entry) return result;
  const { id, ...shown } = entry;
  return shown;
}

export function eventMessage({ id, name, subject, data, happenedAt }: HappenedEvent): Message {
  const body = JSON.stringify({
    type: `event.${name}`,
    timestamp: new Date(happenedAt).toISOString(),
    data: { id, event: name, subject, ...data },
  });
  return { id: `event-${id}`, name, body };
}
