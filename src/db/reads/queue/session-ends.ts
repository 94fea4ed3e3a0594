/** Reads when the sessions of waiting queues end, for the estimate of the wait. */
import { sql } from 'kysely';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { type Given, ms, statement } from '../../statement.ts';

export interface SessionEnds {
  queueId: number;
  /** How many active sessions expire in each second from now; those that have expired are in the first. */
  expiries: number[];
  /** Of the sessions that began in the last `sessionMs`: how many ended before their expiry, and how long all lasted so far. */
  endedEarly: number;
  lastedSeconds: number;
}

export interface Asked {
  queueIds: readonly number[];
  /** How long a session lasts, unless it is prolonged. */
  sessionMs: number;
}

interface Row {
  queueId: number;
  seconds: number[];
  counts: number[];
  endedEarly: number;
  lastedSeconds: number;
}

/** Its cost depends on the sessions of these queues that are active or began in the last `sessionMs`. */
const sessionEnds = statement(
  'session ends',
  ({ queueIds, sessionMs }: Given<Asked>) => sql<Row>`
    select asked.queue_id as "queueId", coalesce(seconds, '{}') as seconds, coalesce(counts, '{}') as counts,
      "endedEarly", "lastedSeconds"
    from unnest(${queueIds}::int[]) as asked(queue_id)
    cross join lateral (
      select array_agg(second) as seconds, array_agg(count) as counts from (
        select greatest(0, ceil(extract(epoch from expires_at - statement_timestamp())) - 1)::int as second,
          count(*)::int as count
          from queue_entry where queue_id = asked.queue_id and state = 'active' group by 1
      ) in_second
    ) active
    cross join lateral (
      select (count(*) filter (where end_reason <> 'expired'))::int as "endedEarly",
        coalesce(sum(extract(epoch from coalesce(ended_at, statement_timestamp()) - admitted_at)), 0)::float8
          as "lastedSeconds"
      from queue_entry
      where queue_id = asked.queue_id and admitted_at > statement_timestamp() - ${ms(sessionMs)}
    ) recent`,
);

/** How the sessions of these queues end. */
export async function readSessionEnds(orm: Database, asked: Asked): Promise<SessionEnds[]> {
  const rows = await rowsOf(orm, sessionEnds(asked));
  return rows.map(({ seconds, counts, ...row }) => {
    const expiries = Array<number>(Math.max(0, ...seconds.map((second) => second + 1))).fill(0);
    for (const [index, second] of seconds.entries()) expiries[second] = counts[index] ?? 0;
    return { ...row, expiries };
  });
}
