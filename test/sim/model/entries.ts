/** What the model expects of queue entries: their numbers, the order of admission, and when a queue token is good. */
import { HOUSE_QUEUE } from '../../../src/commands/command.ts';
import type { Applied } from '../checks/recorder.ts';
import { DRAW_ACTIVE_MAX } from '../people/operator.ts';
import type { ModelOrder } from './books.ts';
import type { LiveRows } from './rows.ts';

interface ModelEntry {
  id: number;
  queueId: number;
  /** When the command that entered was accepted, and when it was carried out, in ms since 1970. */
  acceptedAt: number;
  enteredAt: number;
  subject: string;
  number: number;
  state: 'waiting' | 'active' | 'ended';
  expiresAt: number;
  endedAt: number;
}

type Result = any;

export class Entries {
  readonly #maxActive: number;
  readonly #entries = new Map<number, ModelEntry>();
  /** By queue. */
  readonly #lastNumbers = new Map<number, number>();
  /** Draws whose result was judged. */
  readonly #judged = new Set<number>();

  readonly #onDrawn: (drawId: number) => void;

  /** @param maxActive how many users may be active @param onDrawn called with each draw that was made */
  constructor(maxActive: number, onDrawn: (drawId: number) => void) {
    this.#maxActive = maxActive;
    this.#onDrawn = onDrawn;
  }

  /** @returns why a command must not order with its queue token */
  refuseToken({ entryId, subject, acceptedAt }: Applied): string | undefined {
    const entry = this.#entries.get(entryId ?? 0);
    if (!entry || entry.subject !== subject) return 'the queue token is of somebody else';
    const isActive = entry.state === 'active' || acceptedAt <= entry.endedAt;
    if (isActive && acceptedAt < entry.expiresAt) return undefined;
    return 'the queue token is not active';
  }

  queueOf(entryId: number | undefined): number | undefined {
    return this.#entries.get(entryId ?? 0)?.queueId;
  }

  /** An active entry lasts as long as what is held with it. */
  extend(entryId: number | undefined, holdExpiresAt: number): void {
    const entry = this.#entries.get(entryId ?? 0);
    if (entry?.state === 'active') entry.expiresAt = Math.max(entry.expiresAt, holdExpiresAt);
  }

  /** @returns what is wrong with the entry of an order that is held until then */
  judgeEnd({ id, entryId, holdExpiresAt }: ModelOrder): string | undefined {
    const entry = this.#entries.get(entryId ?? 0);
    if (entry?.state !== 'active' || entry.expiresAt >= holdExpiresAt) return undefined;
    return `entry ${entry.id} ends ${holdExpiresAt - entry.expiresAt} ms before the hold of order ${id}`;
  }

  enter({ subject, acceptedAt, now }: Applied, { id, queueId, number, state }: Result) {
    const known = this.#entries.get(id);
    if (known) return known.subject === subject ? undefined : `entry ${id} is of ${known.subject}`;
    const last = this.#lastNumbers.get(queueId) ?? 0;
    this.#lastNumbers.set(queueId, number);
    const times = { acceptedAt, enteredAt: now, expiresAt: 0, endedAt: 0 };
    this.#entries.set(id, { id, queueId, subject, number, state, ...times });
    // A draw reserves numbers.
    const isNext = queueId === HOUSE_QUEUE ? number === last + 1 : number > last;
    return isNext ? undefined : `number ${last + 1} is the next one`;
  }

  leave({ subject, acceptedAt }: Applied, { id }: Result): string | undefined {
    const entry = this.#entries.get(id);
    if (!entry || entry.subject !== subject) return `entry ${id} is of ${entry?.subject}`;
    if (entry.state === 'ended') return `entry ${id} has ended`;
    Object.assign(entry, { state: 'ended', endedAt: acceptedAt });
    return undefined;
  }

  /** Compares with the table, and follows what timers did. @returns what is wrong */
  compare(rows: LiveRows): string | undefined {
    const wrong = this.#judgeCeilings(rows);
    if (wrong) return wrong;
    const found = new Map(rows.entries.map((entry) => [entry.id, entry]));
    const first = firstOfQueues(rows);
    for (const entry of this.#entries.values()) {
      if (entry.state === 'ended') continue;
      const row = found.get(entry.id);
      if (!row) return `entry ${entry.id} is missing`;
      if (entry.state === 'active' && row.state === 'waiting') {
        return `entry ${entry.id} waits again`;
      }
      if (entry.number !== row.number && row.queueId === HOUSE_QUEUE) {
        return `entry ${entry.id} has number ${row.number} instead of ${entry.number}`;
      }
      const isAdmitted = entry.state === 'waiting' && row.state === 'active';
      const wrong = isAdmitted ? judgeAdmission(row, first.get(row.queueId), rows) : undefined;
      if (wrong) return wrong;
      entry.number = row.number;
      entry.state = row.state;
      entry.expiresAt = row.expiresAt ?? 0;
      entry.endedAt = row.endedAt ?? 0;
    }
    return this.#judgeDraws(rows);
  }

  #judgeCeilings({ entries }: LiveRows): string | undefined {
    const active = entries.filter(({ state }) => state === 'active');
    for (const queueId of new Set(active.map((entry) => entry.queueId))) {
      const count = active.filter((entry) => entry.queueId === queueId).length;
      const max = queueId === HOUSE_QUEUE ? this.#maxActive : DRAW_ACTIVE_MAX;
      if (count > max) return `${count} users are active, and at most ${max} may be`;
    }
    return undefined;
  }

  /** Who gathered in time takes part, and nobody else. */
  #judgeDraws({ draws, entries }: LiveRows): string | undefined {
    for (const draw of draws) {
      if (draw.drawnAt === null || this.#judged.has(draw.id)) continue;
      this.#judged.add(draw.id);
      this.#onDrawn(draw.id);
      const ofQueue = entries.filter(({ queueId }) => queueId === draw.queueId);
      const drawn = ofQueue.filter(({ drawId }) => drawId === draw.id);
      const lastDrawn = Math.max(0, ...drawn.map(({ number }) => number));
      for (const { id, number, drawId, state } of ofQueue) {
        const entry = this.#entries.get(id);
        if (!entry) continue;
        const { acceptedAt, enteredAt } = entry;
        const isEarly = acceptedAt < draw.gathersAt;
        const isLate = acceptedAt >= draw.opensAt;
        // What was carried out after the opening may have come into its lane after the draw.
        const mustBeDrawn = !isEarly && enteredAt < draw.opensAt && state === 'waiting';
        if (drawId !== null && (isEarly || isLate)) return `entry ${id} was drawn`;
        if (drawId === null && mustBeDrawn && !isLate) return `entry ${id} was not drawn`;
        if (isLate && state === 'waiting' && number < lastDrawn) {
          return `entry ${id} came after the draw, and is before those who were drawn`;
        }
      }
    }
    return undefined;
  }
}

/** The first number that waits, by queue. */
function firstOfQueues({ entries }: LiveRows): Map<number, number> {
  const first = new Map<number, number>();
  for (const { queueId, number, state, skipped } of entries) {
    if (state !== 'waiting' || skipped) continue;
    first.set(queueId, Math.min(first.get(queueId) ?? number, number));
  }
  return first;
}

function judgeAdmission(
  { queueId, number, admittedAt }: LiveRows['entries'][number],
  first: number | undefined,
  { draws }: LiveRows,
): string | undefined {
  if (first !== undefined && number > first) return `number ${number} was admitted before ${first}`;
  const draw = draws.find((each) => each.queueId === queueId);
  const isTooEarly =
    draw?.drawnAt === null && admittedAt !== null && Number(admittedAt) >= draw.gathersAt;
  return isTooEarly ? `number ${number} was admitted while users gathered` : undefined;
}
