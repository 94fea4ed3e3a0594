/** Which lanes have an owner at this moment: the locks tell, and go with the process that held them. */
import { sql } from 'kysely';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { KIND_STEP, LANE_LOCKS } from '../lanes/lock-keys.ts';
import { statement } from '../statement.ts';

export interface LaneOwnership {
  lane: string;
  hasOwner: boolean;
  /** The worker process that took the lane last, as host and process id; null where none has yet. */
  owner: string | null;
  /** How long ago that was, in s; null where it has not been taken yet. */
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

/** Every lane in use, with whether some worker process holds its lock. */
export async function readLaneOwnership(orm: Database): Promise<LaneOwnership[]> {
  return rowsOf(orm, ownership({}));
}
