/** Reads which lanes have an owner, from the advisory locks. PostgreSQL releases them when the owner's session ends. */
import { sql } from 'kysely';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { KIND_STEP, LANE_LOCKS } from '../lanes/lock-keys.ts';
import { statement } from '../statement.ts';

export interface LaneOwnership {
  lane: string;
  hasOwner: boolean;
  /** The worker process that last took the lane, as host and process id; null if it was never taken. */
  owner: string | null;
  /** How long ago the lane was last taken, in s; null if it was never taken. */
  ownedSeconds: number | null;
}

const ownership = statement(
  'ownership of lanes',
  () => sql<LaneOwnership>`
    with held as materialized (
      select objid::bigint as key from pg_locks
      where locktype = 'advisory' and granted and objsubid = 2 and classid = ${LANE_LOCKS}::oid
        and database = (select oid from pg_database where datname = current_database())
    )
    select name as lane, owner, floor(extract(epoch from now() - taken_at))::int as "ownedSeconds", exists (
      select from held where key = split_part(name, '-', 2)::int
        + case split_part(name, '-', 1) when 'user' then ${KIND_STEP}::int else 0 end
    ) as "hasOwner"
    from lane where in_use order by name`,
);

/** All lanes in use, and whether a worker process holds their locks. */
export async function readLaneOwnership(orm: Database): Promise<LaneOwnership[]> {
  return rowsOf(orm, ownership({}));
}
