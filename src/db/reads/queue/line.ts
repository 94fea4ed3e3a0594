/** Reads which numbers are out of the lines of the queues. */
import { sql } from 'kysely';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { type Given, statement } from '../../statement.ts';

/** How many numbers a row of `queue_block` has. The column `gone` has that many bits. */
export const BLOCK_SIZE = 1024;

/** A row of `queue_block`. */
export interface LineBlock {
  queueId: number;
  source: 'users' | 'system';
  /** The first number of the block is `BLOCK_SIZE * block + 1`. */
  block: number;
  /** `BLOCK_SIZE` characters, `1` for each number that is out of the line. */
  gone: string;
  version: number;
}

/** What a reader knows of a line: the highest version of each kind of row; -1 for none. */
export interface KnownLine {
  queueId: number;
  users: number;
  system: number;
}

interface Known {
  queueIds: readonly number[];
  users: readonly number[];
  systems: readonly number[];
}

/** Ordered by the version, so that the planner uses the index on it, whatever its statistics of the table. */
const changedSince = (source: 'users' | 'system', known: string) => sql`
  (select queue_id as "queueId", source, block, gone, version from queue_block
    where queue_id = known.queue_id and source = ${sql.lit(source)} and version > ${sql.ref(known)}
    order by version)`;

const changedBlocks = statement(
  'changed blocks of lines',
  ({ queueIds, users, systems }: Given<Known>) => sql<LineBlock>`
    select changed.*
    from unnest(${queueIds}::int[], ${users}::bigint[], ${systems}::bigint[])
      as known(queue_id, users_version, system_version)
    cross join lateral (
      ${changedSince('users', 'known.users_version')}
      union all ${changedSince('system', 'known.system_version')}
    ) changed`,
);

/** The rows that have changed since; nothing is read of a line that has not. */
export async function readLineBlocks(
  orm: Database,
  known: readonly KnownLine[],
): Promise<LineBlock[]> {
  const queueIds = known.map(({ queueId }) => queueId);
  const users = known.map((line) => line.users);
  const systems = known.map(({ system }) => system);
  return rowsOf(orm, changedBlocks({ queueIds, users, systems }));
}
