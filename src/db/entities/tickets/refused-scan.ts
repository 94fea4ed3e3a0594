/**
 * A scan that was refused after its gate had let the holder in without a network. Operators follow it up: somebody is inside with a
 * ticket that was used elsewhere, or whose money is back.
 */
import { defineEntity, p } from '@mikro-orm/core';
import { User } from '../user.ts';

export const RefusedScan = defineEntity({
  name: 'RefusedScan',
  tableName: 'refused_scan',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    /** The performance of the gate. Without a foreign key, as is the ticket: a code may outlive what a failover has lost. */
    scheduleId: p.bigint('number'),
    /** What the code says: the id of a booking. */
    ticketId: p.bigint('number'),
    /** The name of the gate. */
    gate: p.string().length(60),
    /** Who scanned the ticket. */
    user: () =>
      p.manyToOne(User).mapToPk().fieldName('user_id').foreignKeyName('refused_scan_user_fk'),
    jobId: p.string().length(64),
    /** The code of the refusal. */
    reason: p.string().length(40),
    /** When somebody else entered with the ticket, and at which gate; null for other reasons. */
    usedAt: p.datetime().columnType('timestamptz').nullable(),
    usedGate: p.string().length(60).nullable(),
    /** When the gate let the holder in, by the clock of its phone, which may be wrong: it is shown and decides nothing. */
    scannedAt: p.datetime().columnType('timestamptz'),
    /** When the API accepted the scan. */
    at: p.datetime().columnType('timestamptz'),
  },
  uniques: [{ name: 'refused_scan_one_per_job', properties: ['jobId'] }],
  // Lists the scans of a performance, newest first.
  indexes: [{ name: 'refused_scan_by_schedule', properties: ['scheduleId', 'id'] }],
  checks: [
    {
      name: 'refused_scan_use_is_whole',
      expression: '(used_at is null) = (used_gate is null)',
    },
  ],
});
