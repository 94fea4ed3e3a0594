/**
 * Owes a call `look` for each checkout that heard nothing for some time, so that events of providers that were lost cost nobody money.
 * A checkout whose page was never opened gets its call `open` again at its end, which ends it.
 */
import { sql } from 'kysely';
import type { Database } from '../../src/db/connection/orm.ts';
import { rowsOf } from '../../src/db/connection/pipeline.ts';
import { checkedAfterwards, type Given, statement } from '../../src/db/statement.ts';

/** Maximum of checkouts of one run; it limits how long their rows stay locked. */
const CHECKOUTS_AT_ONCE_MAX = 500;

/** The time before a checkout is looked at again doubles up to this many times before its end. */
const DOUBLINGS_MAX = 10;

/**
 * Checkouts that are over come first. A row that is locked is being settled; it is skipped. So is one without a reference, which stays
 * due: as soon as its page is open, the provider is asked. Its call `open` should end it; if that was lost, it is owed again at the end,
 * and answers without asking. Before its end a checkout is looked at after longer and longer times, and
 * exactly at its end; afterwards after as long as it has been over, at least RECONCILE_SECONDS and at most half an hour. A call that
 * is owed already is made due, because the order may have ended since the provider was asked.
 */
const lookAtDue = statement(
  'look at due checkouts',
  ({ reconcileMs }: Given<{ reconcileMs: number }>) => sql<{ count: number }>`
    with due as materialized (
      select id from checkout
      where look_at <= statement_timestamp()
        and ${checkedAfterwards(sql`provider_ref is not null
          or (state = 'opening' and expires_at <= statement_timestamp())`)}
      order by expires_at <= statement_timestamp() desc, look_at, id
      limit ${sql.lit(CHECKOUTS_AT_ONCE_MAX)} for no key update skip locked
    ), seen as (
      update checkout set looks = looks + 1, look_at = case
        when expires_at > statement_timestamp() then least(expires_at, statement_timestamp()
          + interval '1 ms' * ${reconcileMs}::float8 * 2 ^ least(looks + 1, ${sql.lit(DOUBLINGS_MAX)}))
        else statement_timestamp() + least(interval '30 min',
          greatest(interval '1 ms' * ${reconcileMs}::float8, statement_timestamp() - expires_at))
        end
      where id = any (array(select id from due))
      returning id, case when provider_ref is null then 'open' else 'look' end as kind
    ), owed as (
      insert into outbox_call (kind, checkout_id, next_at, created_at)
      select kind, id, statement_timestamp(), statement_timestamp() from seen order by id
      on conflict on constraint outbox_one_call_per_purpose
        do update set next_at = least(outbox_call.next_at, excluded.next_at)
    )
    select count(*)::int as count from seen`,
);

/** @returns how many checkouts were due, at most 500; the next run goes on */
export async function lookAtCheckouts(
  orm: Database,
  settings: { reconcileMs: number },
): Promise<number> {
  const [row] = await rowsOf(orm, lookAtDue({ reconcileMs: settings.reconcileMs }));
  return row?.count ?? 0;
}
