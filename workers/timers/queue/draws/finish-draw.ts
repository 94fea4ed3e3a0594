/** Ends a draw when all entries have their numbers: its seed is published, and the admission goes on. */
import { sql } from 'kysely';
import type { Database } from '../../../../src/db/connection/orm.ts';
import { pipelined } from '../../../../src/db/connection/pipeline.ts';
import { markRangeGone } from '../../../../src/db/queue-line.ts';
import { type Given, rareStatement } from '../../../../src/db/statement.ts';
import { recordDraw } from '../../../rows/webhook-events.ts';
import { type DueDraw, isGiven, lockDraw } from './due-draws.ts';

/** Reserved numbers that no entry got are out of the line. */
const finish = rareStatement(
  ({ id }: Given<{ id: number }>) => sql<{ id: number }>`
    with held as (
      update draw set drawn_at = statement_timestamp() where id = ${id} and ${isGiven} returning *
    ), recorded as (${recordDraw(sql`held`)}
    ), noted as (
      update waiting_queue set line_version = line_version + 1
      from held where waiting_queue.id = held.queue_id
      returning line_version
    ), marked as (${markRangeGone(sql`(
      select queue_id, given_number + 1 as first, first_number + reserved - 1 as last,
        (select line_version from noted) as version
      from held) unused`)}
    )
    select id from held`,
);

/** @returns whether the draw was ended */
export async function finishDraw(orm: Database, draw: DueDraw): Promise<boolean> {
  return pipelined(orm, async (send) => {
    if (!(await lockDraw(send, draw))) return false;
    return (await send(finish({ id: draw.id }))).length > 0;
  });
}
