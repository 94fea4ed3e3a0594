/**
 * Closes a draw: settles who takes part, and reserves numbers for them. It takes as long as a batch, whatever the length of the line.
 * Users who enter from now on get numbers above the reserved ones, so the other steps concern none of them.
 */
import { sql } from 'kysely';
import type { EpochMs } from '../../../../src/commands/epoch-ms.ts';
import type { Database } from '../../../../src/db/connection/orm.ts';
import { pipelined } from '../../../../src/db/connection/pipeline.ts';
import { checkedAfterwards, type Given, rareStatement } from '../../../../src/db/statement.ts';
import { inTime } from '../../../../src/runtime/in-time.ts';
import { type DueDraw, SETTLING_MS } from './due-draws.ts';

/** How long Redis is asked about a lane, in ms. On a Redis Cluster its node may hang alone, and must not delay the draws of other queues. */
const ANSWER_MS_MAX = 1000;

/** @returns when the oldest pending command was added to the lane of a queue; undefined if there is none */
export type OldestPending = (queueId: number) => Promise<EpochMs | undefined>;

type Draw = Pick<DueDraw, 'id' | 'queueId'>;

// As in batches, the numbering comes first, then the draw; and what is read comes after both, so that it is of now.
const lockNumbering = rareStatement(
  ({ queueId }: Given<Draw>) => sql`
    select from queue_numbering where queue_id = ${queueId} for no key update`,
);
const lockOpen = rareStatement(
  ({ id, queueId }: Given<Draw>) => sql<{ id: number }>`
    select id from draw
    where id = ${id} and queue_id = ${queueId} and closed_at is null and cancelled_at is null
      and opens_at <= statement_timestamp() - interval ${sql.lit(`${SETTLING_MS} ms`)}
    for no key update`,
);

/**
 * Entries that wait now, or have ended since `opens_at`, may take part or may have been added since `opens_at`; so that many numbers are
 * enough. What an admission has removed and not committed makes them too many, never too few. Two draws of one queue are held one
 * after the other.
 */
const close = rareStatement(
  ({ id, queueId }: Given<Draw>) => sql<{ id: number }>`
    with bound as materialized (
      select last_number,
        (greatest(0, added - numbering.removed - waiting_queue.removed) + (
          select count(*) from queue_entry
          where state = 'ended' and ended_at >= (select opens_at from draw where id = ${id})
            and ${checkedAfterwards(sql`queue_id = ${queueId}`)}
        ))::int as reserved
      from queue_numbering numbering join waiting_queue on waiting_queue.id = numbering.queue_id
      where numbering.queue_id = ${queueId} and not exists (
        select from draw where queue_id = ${queueId} and closed_at is not null and drawn_at is null)
    ), closed as (
      update draw set closed_at = statement_timestamp(), first_number = last_number + 1,
        reserved = bound.reserved
      from bound where draw.id = ${id}
      returning draw.*
    ), numbered as (
      update queue_numbering set last_number = last_number + closed.reserved,
        draw_closed_at = closed.closed_at
      from closed where queue_numbering.queue_id = ${queueId}
    )
    select id from closed`,
);

/** @returns whether the draw was closed; if not, the timer's next run tries again */
export async function closeDraw(
  orm: Database,
  draw: DueDraw,
  oldestPending: OldestPending,
): Promise<boolean> {
  if (!draw.isOverdue && !(await isLaneClear(draw, oldestPending))) return false;
  const { id, queueId } = draw;
  return pipelined(orm, async (send) => {
    void send(lockNumbering({ id, queueId }));
    const [due] = await send(lockOpen({ id, queueId }));
    // Operators have moved or cancelled it meanwhile.
    if (!due) return false;
    return (await send(close({ id, queueId }))).length > 0;
  });
}

/**
 * Whether no command is pending that was accepted before `opensAt`. Another key's command in the same lane counts too. Without an
 * answer of Redis the draw waits until it is overdue.
 */
async function isLaneClear(
  { queueId, opensAt }: DueDraw,
  oldestPending: OldestPending,
): Promise<boolean> {
  try {
    const oldest = await inTime(oldestPending(queueId), ANSWER_MS_MAX);
    return oldest === undefined || oldest >= opensAt.getTime() + SETTLING_MS;
  } catch {
    return false;
  }
}
