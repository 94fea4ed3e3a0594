/**
 * Since when API processes note which users poll: one row. A time in which no user could poll, as in an outage of the API
 * processes, must not count as the absence of users.
 */
import { defineEntity, p } from '@mikro-orm/core';

export const PresenceWatch = defineEntity({
  name: 'PresenceWatch',
  tableName: 'presence_watch',
  properties: {
    id: p.smallint().primary().autoincrement(false).default(1),
    /** When an API process last said that it notes polls. */
    notedAt: p.datetime().columnType('timestamptz').nullable(),
    /** Since when they have said so without a gap. */
    watchedSince: p.datetime().columnType('timestamptz').nullable(),
    /** The waiting entry after which the sweep continues. */
    sweptQueueId: p.smallint().default(0),
    sweptNumber: p.bigint('number').default(0),
  },
  checks: [{ name: 'presence_watch_one_row', expression: 'id = 1' }],
});
