/**
 * Gives entries their numbers after a draw, in portions, each a short transaction: first those that were drawn, in the order of their
 * tickets; then those that were added between `opensAt` and the close, which have lower numbers until then. Users who leave wait for a
 * portion at most.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../../../src/db/connection/orm.ts';
import { pipelined } from '../../../../src/db/connection/pipeline.ts';
import { markGone } from '../../../../src/db/queue-line.ts';
import { checkedAfterwards, type Given, rareStatement } from '../../../../src/db/statement.ts';
import { type DueDraw, idBase, lockDraw } from './due-draws.ts';

/** How many entries get their numbers in one transaction. */
const PORTION = 500;

interface Assigning {
  id: number;
  queueId: number;
  /** The id of an entry is its ticket and this. */
  base: number;
  portion: number;
}

const next = ({ id, portion }: Given<Assigning>) => sql`
  select ticket, number from draw_place
  where draw_id = ${id} and ticket >= (select assign_from from draw where id = ${id})
  order by ticket limit ${portion}`;

/** Waits for transactions in which users leave, so that the next statement sees whether the entry still waits. */
const lockDrawn = rareStatement(
  (given: Given<Assigning>) => sql`
    select id from queue_entry
    where id = any(array(select ${given.base}::bigint + ticket from (${next(given)}) next))
    order by id for update`,
);

const isUndrawn = sql<boolean>`queue_entry.state = 'waiting' and queue_entry.draw_id is null`;

/**
 * The common table expressions that note the line after `moved` (`number, old_number`). A user who was skipped is in the line
 * again, so it may begin earlier.
 * @param gone the numbers that are out of the line now
 */
const noteLine = ({ queueId }: Given<Assigning>, gone: RawBuilder<unknown>) => sql`noted as (
      update waiting_queue set line_version = line_version + 1,
        line_from = least(line_from, (select min(number) from moved))
      where id = ${queueId}::int
      returning id, line_version
    ), marked as (${markGone(
      sql`(select noted.id as queue_id, gone.number, line_version as version from noted cross join (${gone}) gone) numbers`,
      'system',
    )}
    )`;

const assignDrawn = rareStatement(
  (given: Given<Assigning>) => sql<{ count: number }>`
    with next as materialized (${next(given)}
    ), moved as (
      update queue_entry set ticket = next.ticket, number = next.number, draw_id = ${given.id}::bigint,
        skipped_at = null
      from next
      where queue_entry.id = ${given.base}::bigint + next.ticket and ${checkedAfterwards(isUndrawn)}
      returning new.number, old.number as old_number
    ), ${noteLine(
      given,
      sql`select old_number as number from moved
        union all select number from next where number not in (select number from moved)`,
    )}, counted as materialized (select max(ticket) as last, count(*)::int as count from next
    ), given as (
      update draw set assign_from = case when count = ${given.portion}::int then last + 1 end
      from counted where draw.id = ${given.id}
    )
    select count from counted`,
);

const lateComers = ({ id, base, portion }: Given<Assigning>) => sql`
  select queue_entry.id from queue_entry
  where queue_entry.id >= (select late_from from draw where id = ${id})
    and queue_entry.id < (select first_number from draw where id = ${id}) + ${base}::bigint
    and ${checkedAfterwards(sql`${isUndrawn}
      and queue_entry.number < (select first_number from draw where id = ${id})
      and coalesce(accepted_at, entered_at) >= (select opens_at from draw where id = ${id})`)}
  order by queue_entry.id limit ${portion}`;

const lockLate = rareStatement((given: Given<Assigning>) => sql`${lateComers(given)} for update`);

const assignLate = rareStatement(
  (given: Given<Assigning>) => sql<{ count: number }>`
    with comers as materialized (${lateComers(given)}
    ), next as materialized (
      select comers.id, given_number + row_number() over (order by comers.id) as number
      from draw cross join comers where draw.id = ${given.id}
    ), moved as (
      update queue_entry set ticket = next.id - ${given.base}::bigint, number = next.number,
        skipped_at = null
      from next where queue_entry.id = next.id
      returning new.number, old.number as old_number
    ), ${noteLine(given, sql`select old_number as number from moved`)},
    counted as materialized (select max(id) as last, count(*)::int as count from next
    ), given as (
      update draw set given_number = given_number + count,
        late_from = case when count = ${given.portion}::int then last + 1 end
      from counted where draw.id = ${given.id}
    )
    select count from counted`,
);

/** Assigns one portion. @returns whether it did */
export async function assignNumbers(
  orm: Database,
  draw: DueDraw,
  portion = PORTION,
): Promise<boolean> {
  return pipelined(orm, async (send) => {
    if (!(await lockDraw(send, draw))) return false;
    const { id, queueId } = draw;
    const given = { id, queueId, base: idBase(queueId), portion };
    void send(lockDrawn(given));
    const [drawn] = await send(assignDrawn(given));
    if (drawn && drawn.count > 0) return true;
    void send(lockLate(given));
    await send(assignLate(given));
    return true;
  });
}
