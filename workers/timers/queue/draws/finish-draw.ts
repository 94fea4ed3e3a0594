/** Ends a draw when all entries have their numbers: its seed is published, and the admission goes on. */
import { sql } from 'kysely';
import type { Database } from '../../../../src/db/connection/orm.ts';
import { pipelined } from '../../../../src/db/connection/pipeline.ts';
import { type Given, rareStatement } from '../../../../src/db/statement.ts';
import { recordDraw } from '../../../rows/webhook-events.ts';
import { type DueDraw, isGiven, lockDraw } from './due-draws.ts';

/** API processes read an entry anew once its number was reached, so that they learn the numbers that the draw assigned. */
const finish = rareStatement(
  ({ id }: Given<{ id: number }>) => sql<{ id: number }>`
    with held as (
      update draw set drawn_at = statement_timestamp() where id = ${id} and ${isGiven} returning *
    ), recorded as (${recordDraw(sql`held`)}
    ), reached as (
      update waiting_queue set last_admitted = greatest(last_admitted, first_number - 1)
      from held where waiting_queue.id = held.queue_id
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
