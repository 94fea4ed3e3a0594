/** Reads when the sessions of waiting queues end, for the estimate of the wait. */
import { sql } from 'kysely';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { type Given, ms, statement } from '../../statement.ts';

export interface SessionEnds {
  queueId: number;
  /** How many active sessions expire in each second from now; those that have expired are in the first. */
  expiries: number[];
  /** The sessions that began in the last `sessionMs`. Some are still active. */
  recent: SessionSample;
  /** The last sessions that began before. They may be from long ago. */
  earlier: SessionSample;
}

/** How some sessions went. */
export interface SessionSample {
  count: number;
  /** How many ended before their expiry. */
  endedEarly: number;
  /** How long all of them lasted in sum, so far. */
  lastedSeconds: number;
}

export interface Asked {
  queueIds: readonly number[];
  /** How long a session lasts, unless it is prolonged. */
  sessionMs: number;
}

/** Sessions from before the last `sessionMs` that are looked at. */
const EARLIER_MAX = 200;

interface Row {
  queueId: number;
  seconds: number[];
  counts: number[];
  recentCount: number;
  recentEarly: number;
  recentLasted: number;
  earlierCount: number;
  earlierEarly: number;
  earlierLasted: number;
}

const now = sql<Date>`statement_timestamp()`;

const endedEarly = sql`(count(*) filter (where end_reason <> 'expired'))::int`;
const lastedSeconds = sql`coalesce(date_part('epoch', sum(coalesce(ended_at, ${now}) - admitted_at)), 0)`;

/** Its cost depends on the sessions of these queues that are active or began in the last `sessionMs`. */
const sessionEnds = statement(
  'session ends',
  ({ queueIds, sessionMs }: Given<Asked>) => sql<Row>`
    select asked.queue_id as "queueId", active.*, recent.*, earlier.*
    from unnest(${queueIds}::int[]) as asked(queue_id)
    cross join lateral (
      select coalesce(array_agg(second), '{}') as seconds, coalesce(array_agg(count), '{}') as counts from (
        select greatest(0, ceil(date_part('epoch', expires_at - ${now})) - 1)::int as second, count(*)::int as count
        from queue_entry where queue_id = asked.queue_id and state = 'active' group by 1
      ) in_second
    ) active
    cross join lateral (
      select count(*)::int as "recentCount", ${endedEarly} as "recentEarly", ${lastedSeconds} as "recentLasted"
      from queue_entry
      where queue_id = asked.queue_id and admitted_at > ${now} - ${ms(sessionMs)}
    ) recent
    cross join lateral (
      select count(*)::int as "earlierCount", ${endedEarly} as "earlierEarly", ${lastedSeconds} as "earlierLasted"
      from (
        select end_reason, ended_at, admitted_at from queue_entry
        where queue_id = asked.queue_id and admitted_at <= ${now} - ${ms(sessionMs)}
        order by admitted_at desc limit ${sql.lit(EARLIER_MAX)}
      ) last
    ) earlier`,
);

/** How the sessions of these queues end. */
export async function readSessionEnds(orm: Database, asked: Asked): Promise<SessionEnds[]> {
  const rows = await rowsOf(orm, sessionEnds(asked));
  return rows.map(({ queueId, seconds, counts, ...row }) => {
    const expiries = Array<number>(Math.max(0, ...seconds.map((second) => second + 1))).fill(0);
    for (const [index, second] of seconds.entries()) expiries[second] = counts[index] ?? 0;
    return {
      queueId,
      expiries,
      recent: {
        count: row.recentCount,
        endedEarly: row.recentEarly,
        lastedSeconds: row.recentLasted,
      },
      earlier: {
        count: row.earlierCount,
        endedEarly: row.earlierEarly,
        lastedSeconds: row.earlierLasted,
      },
    };
  });
}
