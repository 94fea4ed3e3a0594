/** Finds the draws whose time has come, and locks the one of which a step is done. */
import { sql } from 'kysely';
import type { Database } from '../../../../src/db/connection/orm.ts';
import { rowsOf, type Send } from '../../../../src/db/connection/pipeline.ts';
import {
  checkedAfterwards,
  type Given,
  rareStatement,
  statement,
} from '../../../../src/db/statement.ts';
import { entryIdOf } from '../../../../src/domain/queue-entries.ts';

/**
 * How long after `opensAt` a draw closes at the earliest, in ms. A command is accepted a moment before it is added to its lane; later
 * than that it is not waited for.
 */
export const SETTLING_MS = 1000;
/** From then on, in ms after `opensAt`, a draw closes even if its lane still holds commands that were accepted before. */
const LANE_WAIT_MS = 10_000;

/** A draw whose time has come and that is not held yet, with how far it is. */
export interface DueDraw {
  id: number;
  queueId: number;
  opensAt: Date;
  /** Whether it no longer waits for commands that are pending in the lane of its queue. */
  isOverdue: boolean;
  /** The first of the reserved numbers; null until it is closed. */
  firstNumber: number | null;
  step: 'close' | 'rank' | 'assign' | 'finish';
}

const settling = sql.lit(`${SETTLING_MS} ms`);
const laneWait = sql.lit(`${LANE_WAIT_MS} ms`);

/** Whether all places are ranked, and all numbers are given. */
export const isGiven = sql<boolean>`(places is not null and assign_from is null
  and late_from is null)`;

const dueDraws = statement(
  'due draws',
  () => sql<DueDraw>`
    select id, queue_id as "queueId", opens_at as "opensAt", first_number as "firstNumber",
      opens_at <= statement_timestamp() - interval ${laneWait} as "isOverdue",
      case when closed_at is null then 'close' when places is null then 'rank'
        when ${isGiven} then 'finish' else 'assign' end as step
    from draw
    where drawn_at is null and ${checkedAfterwards(sql`cancelled_at is null`)}
      and opens_at <= statement_timestamp() - interval ${settling}
    order by opens_at, id`,
);

/** The draws that are due, in the order of their times. */
export function findDueDraws(orm: Database): Promise<DueDraw[]> {
  return rowsOf(orm, dueDraws({}));
}

const lockClosed = rareStatement(
  ({ id }: Given<{ id: number }>) => sql<{ id: number }>`
    select id from draw where id = ${id} and closed_at is not null and drawn_at is null
    for no key update skip locked`,
);

/**
 * Locks a closed draw for a step. Batches never lock such a draw, so the step may lock entries afterwards.
 * @returns false if another process does a step of it, or it is held
 */
export async function lockDraw(send: Send, { id }: Pick<DueDraw, 'id'>): Promise<boolean> {
  return (await send(lockClosed({ id }))).length > 0;
}

/** The id of an entry of a queue is its ticket and this. */
export function idBase(queueId: number): number {
  return entryIdOf({ queueId, number: 0 });
}
