/** One row a lane: its present owner, and the epoch that fences off a former one. */
import { defineEntity, p } from '@mikro-orm/core';

export const Lane = defineEntity({
  name: 'Lane',
  tableName: 'lane',
  properties: {
    /** The lane's queue name, such as `seat-3`. */
    name: p.string().length(16).primary(),
    /**
     * Goes up whenever the lane is taken over. A batch reads it under a lock and gives up when it
     * is not its own: an owner that was frozen and does not know yet can commit nothing.
     */
    epoch: p.bigint('number').default(0),
    /** Rows are kept when the lane counts go down, so that no epoch is ever given twice. */
    inUse: p.boolean().default(true),
    owner: p.string().length(120).nullable(),
    takenAt: p.datetime().columnType('timestamptz').nullable(),
  },
});
