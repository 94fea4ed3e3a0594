/**
 * Gives entries their numbers after a draw, in portions, each a short transaction: first those that were drawn, by their places; then
 * those that were added between `opensAt` and the close, which have lower numbers until then. Users who leave wait for a portion at most.
 */
import { sql } from 'kysely';
import type { Database } from '../../../../src/db/connection/orm.ts';
import { pipelined } from '../../../../src/db/connection/pipeline.ts';
import { checkedAfterwards, type Given, rareStatement } from '../../../../src/db/statement.ts';
import { type DueDraw, idBase, lockDraw } from './due-draws.ts';

/** How many entries get their numbers in one transaction. */
export const PORTION = 1000;

interface Assigning {
  id: number;
  base: number;
  portion: number;
}

const next = ({ id, portion }: Given<Assigning>) => sql`
  select ticket, number from draw_place
  where draw_id = ${id} and number > (select given_number from draw where id = ${id})
  order by number limit ${portion}`;

/** Whoever is leaving is waited for, so that the next statement sees whether the entry still waits. */
const lockDrawn = rareStatement(
  (given: Given<Assigning>) => sql`
    select id from queue_entry
    where id = any(array(select ${given.base}::bigint + ticket from (${next(given)}) next))
    order by id for update`,
);

const isUndrawn = sql<boolean>`queue_entry.state = 'waiting' and queue_entry.draw_id is null`;

const assignDrawn = rareStatement(
  (given: Given<Assigning>) => sql<{ count: number }>`
    with next as materialized (${next(given)}
    ), moved as (
      update queue_entry set ticket = next.ticket, number = next.number, draw_id = ${given.id}::bigint
      from next
      where queue_entry.id = ${given.base}::bigint + next.ticket and ${checkedAfterwards(isUndrawn)}
      returning queue_entry.id
    ), counted as materialized (select max(number) as last, count(*)::int as count from next
    ), given as (
      update draw set given_number = last from counted where draw.id = ${given.id} and count > 0
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
      update queue_entry set ticket = next.id - ${given.base}::bigint, number = next.number
      from next where queue_entry.id = next.id
    ), counted as materialized (select max(id) as last, count(*)::int as count from next
    ), given as (
      update draw set given_number = given_number + count,
        late_from = case when count = ${given.portion} then last + 1 end
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
    const given = { id: draw.id, base: idBase(draw.queueId), portion };
    void send(lockDrawn(given));
    const [drawn] = await send(assignDrawn(given));
    if (drawn && drawn.count > 0) return true;
    void send(lockLate(given));
    await send(assignLate(given));
    return true;
  });
}
