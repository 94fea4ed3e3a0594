/** Counts who has entered a performance. */
import { sql } from 'kysely';
import type { Entered } from '../../../commands/schemas/tickets.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { type Given, rareStatement } from '../../statement.ts';

const countOf = rareStatement(
  ({ scheduleId }: Given<{ scheduleId: number }>) => sql<Entered>`
    select
      (select count(*) from seat where schedule_id = schedule.id and state = 'sold')::int
        + (select coalesce(sum(sold), 0) from area where schedule_id = schedule.id)::bigint as sold,
      (select count(*) from check_in where schedule_id = schedule.id)::int as entered
    from schedule where id = ${scheduleId}`,
);

/** @returns undefined if the schedule does not exist */
export async function countEntered(
  orm: Database,
  scheduleId: number,
): Promise<Entered | undefined> {
  const [counted] = await rowsOf(orm, countOf({ scheduleId }));
  return counted;
}
