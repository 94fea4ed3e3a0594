/** Ends the waiting of users who are gone, and of all users of queues that have nothing to sell any more. */
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { EndOfWaiting } from '../../../src/commands/schemas/values.ts';
import type { Database } from '../../../src/db/connection/orm.ts';
import { pipelined, rowsOf } from '../../../src/db/connection/pipeline.ts';
import { isInLine } from '../../../src/db/queue-line.ts';
import { isGathering } from '../../../src/db/reads/queue/draws.ts';
import { checkedAfterwards, type Given, statement } from '../../../src/db/statement.ts';
import { endOverQueues } from './queues-over.ts';
import { type SweepSettings, sweepWaiting } from './sweep-waiting.ts';

/** How many waiting entries were ended, and why. */
export interface EndedWaiting {
  reason: EndOfWaiting;
  ended: number;
}

/** So many numbers before the first user of a line make its beginning worth a write. */
const RAISE_MIN = 1000;

/** The number of the first user in the line of a row of `waiting_queue`, or the next number. */
const firstInLine = sql<number>`coalesce(
  (select number from queue_entry
    where queue_entry.queue_id = waiting_queue.id and ${isInLine} and number >= line_from order by number limit 1),
  (select last_number + 1 from queue_numbering where queue_numbering.queue_id = waiting_queue.id))`;

/** Numbers of a draw that is being held can be given below the last one. */
const canRaise = sql<boolean>`not ${isGathering} and line_from + ${sql.lit(RAISE_MIN)} <= ${firstInLine}`;

const queuesToRaise = statement(
  'queues whose line begins later',
  () => sql<{ id: number }>`select id from waiting_queue where ${canRaise} order by id`,
);

interface Queues {
  queueIds: readonly number[];
}

/** In a statement of its own: no user can return to the line after it, and the next statement sees the users who have returned. */
const lockQueues = statement(
  'lock queues whose line begins later',
  ({ queueIds }: Given<Queues>) => sql<{ id: number }>`
    select id from waiting_queue where id = any(${queueIds}::int[])
    order by id for no key update skip locked`,
);

const raiseLineFrom = statement(
  'let the line of queues begin later',
  ({ queueIds }: Given<Queues>) => sql`
    update waiting_queue set line_from = ${firstInLine}
    where id = any(${queueIds}::int[]) and ${checkedAfterwards(canRaise)}`,
);

/**
 * Lets admissions begin where the line begins. They do so themselves; but of a queue that admits no user, whose first users leave or
 * are ended, each run would read what is left of these users in the index.
 */
async function raiseBeginnings(orm: Database): Promise<void> {
  const found = (await rowsOf(orm, queuesToRaise({}))).map(({ id }) => id);
  if (found.length === 0) return;
  await pipelined(orm, async (send) => {
    const queueIds = (await send(lockQueues({ queueIds: found }))).map(({ id }) => id);
    void send(raiseLineFrom({ queueIds }));
  });
}

export interface EndWaitingDeps {
  orm: Database;
  settings: SweepSettings;
  /** Called after each transaction that looked for entries to end. */
  onEnded(ended: EndedWaiting): void;
  log: Logger;
}

/**
 * A step that fails does not keep the others from running: what a row of one queue makes fail concerns no other queue.
 * @throws the first failure
 */
export async function endWaiting({ orm, settings, onEnded, log }: EndWaitingDeps): Promise<void> {
  const steps = [
    () => endOverQueues(orm, { onEnded, log }),
    () => sweepWaiting({ orm, settings, onEnded, log }),
    () => raiseBeginnings(orm),
  ];
  const failures: unknown[] = [];
  for (const step of steps) await step().catch((error) => void failures.push(error));
  if (failures.length > 0) throw failures[0];
}
