/** Shows a queue entry to its user: with its position and estimate, and the queue token while it is active. */
import type { QueueEntry, QueueEntryOutcome } from '../../commands/schemas/resources.ts';
import type { QueueCounters } from '../../db/reads/queue/counters.ts';
import type { QueueTokens } from '../auth/queue-tokens.ts';
import type { QueueLine } from './line.ts';
import { estimateSeconds, positionOf, type QueueRate } from './position.ts';

/** An entry of this user, in a queue with this line and these counters and limits. */
export interface ShownEntry {
  entry: QueueEntryOutcome;
  subject: string;
  line: QueueLine;
  counters: QueueCounters;
  rate: QueueRate;
}

/** Adds what changes all the time, and what must be neither in Redis nor in a receipt. */
export async function presentEntry(
  { entry: { id, ...outcome }, subject, line, counters, rate }: ShownEntry,
  { tokens }: { tokens: QueueTokens },
): Promise<QueueEntry> {
  const { queueId, number, state, expiresAt } = outcome;
  const { waiting, isPaused, isSoldOut } = counters;
  const shown = {
    ...outcome,
    position: 0,
    waiting,
    estimatedWaitSeconds: 0,
    isPaused,
    isSoldOut,
  };
  if (state === 'active' && expiresAt !== null) {
    const active = { id, queueId, number, subject, expiresAt: Date.parse(expiresAt) };
    return { ...shown, queueToken: await tokens.issue(active) };
  }
  if (state === 'ended') return { ...shown, queueToken: null };
  const position = positionOf(number, line, counters);
  return {
    ...shown,
    position,
    // The counters may be older than the entry.
    waiting: Math.max(waiting, position),
    estimatedWaitSeconds: estimateSeconds(position, rate, counters),
    queueToken: null,
  };
}
