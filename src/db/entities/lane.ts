/** One row per lane: its current owner, and the epoch that fences off former owners. */
import { defineEntity, p } from '@mikro-orm/core';

export const Lane = defineEntity({
  name: 'Lane',
  tableName: 'lane',
  properties: {
    /** The lane's queue name, such as `seat-3`. */
    name: p.string().length(16).primary(),
    /**
     * Raised whenever a process takes the lane. A batch reads it under a lock and is rolled back if it differs from the
     * owner's, so a former owner that was frozen cannot commit.
     */
    epoch: p.bigint('number').default(0),
    /** Rows are kept when the lane counts decrease, so that no epoch is ever assigned twice. */
    inUse: p.boolean().default(true),
    owner: p.string().length(120).nullable(),
    takenAt: p.datetime().columnType('timestamptz').nullable(),
  },
});
