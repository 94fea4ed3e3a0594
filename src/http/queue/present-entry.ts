/** Shows a queue entry to its user: with its position and estimate, and the token or ticket of its state. */
import type { QueueEntry, QueueEntryOutcome } from '../../commands/schemas/resources.ts';
import type { QueueCounters } from '../../db/reads/queue/counters.ts';
import type { QueueTokens } from '../auth/queue-tokens.ts';
import type { Signed, WaitingTickets } from '../auth/waiting-tickets.ts';
import type { QueueLine } from './line.ts';
import { positionOf, type QueueRate } from './position.ts';
import type { WaitEstimates } from './wait-estimates.ts';

export interface PresentDeps {
  tokens: QueueTokens;
  tickets: WaitingTickets;
  estimates: WaitEstimates;
}

/** An entry of this user, in a queue with this line and these counters and limits. */
export interface ShownEntry {
  entry: QueueEntryOutcome;
  subject: string;
  line: QueueLine;
  counters: QueueCounters;
  rate: QueueRate;
  /** What is remembered of a waiting entry. */
  known?: Signed | undefined;
}

/** Adds what changes all the time, and what must be neither in Redis nor in a receipt. */
export async function presentEntry(
  { entry: { id, ...outcome }, subject, line, counters, rate, known }: ShownEntry,
  { tokens, tickets, estimates }: PresentDeps,
): Promise<QueueEntry> {
  const { queueId, number, state, expiresAt, enteredAt = null, bookingUntil = null } = outcome;
  const { waiting, isPaused, isGathering, isSoldOut, opensAt } = counters;
  const shown = {
    ...outcome,
    enteredAt,
    bookingUntil,
    position: 0,
    waiting,
    estimatedWaitSeconds: 0,
    isWaitKnown: true,
    waitingTicket: null,
    queueToken: null,
    isPaused,
    isGathering,
    opensAt: opensAt?.toISOString() ?? null,
    isSoldOut,
  };
  if (state === 'active' && expiresAt !== null) {
    const active = { id, queueId, number, subject, expiresAt: Date.parse(expiresAt) };
    return { ...shown, queueToken: tokens.issue(active) };
  }
  if (state === 'ended') return shown;
  const position = positionOf(number, line, counters);
  return {
    ...shown,
    position,
    // The counters may be older than the entry.
    waiting: Math.max(waiting, position),
    ...estimates.of({ position, counters, rate }),
    waitingTicket:
      enteredAt === null
        ? null
        : tickets.issue({ queueId, number, subject, enteredAt: Date.parse(enteredAt) }, known),
  };
}
