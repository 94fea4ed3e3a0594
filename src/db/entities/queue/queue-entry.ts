/** A user's entry in the waiting queue: waiting, then active (the user holds a queue token), then ended. */
import { defineEntity, p } from '@mikro-orm/core';
import { User } from '../user.ts';

export const QueueEntry = defineEntity({
  name: 'QueueEntry',
  tableName: 'queue_entry',
  properties: {
    /** Assigned from `waiting_queue.last_number`, without gaps and in commit order. */
    number: p.bigint('number').primary().autoincrement(false),
    /** The number before a draw assigned a new one, and the concert of that draw. */
    ticket: p.bigint('number').nullable(),
    drawnFor: p.bigint('number').nullable(),
    user: () =>
      p.manyToOne(User).mapToPk().fieldName('user_id').foreignKeyName('queue_entry_user_fk'),
    state: p.enum(['waiting', 'active', 'ended'] as const),
    enteredAt: p.datetime().columnType('timestamptz'),
    admittedAt: p.datetime().columnType('timestamptz').nullable(),
    /**
     * When the user last polled, to within seconds. Only recorded for entries that are about to be admitted; null before,
     * when the time of entry counts instead.
     */
    seenAt: p.datetime().columnType('timestamptz').nullable(),
    /** When the queue token was first used, to within seconds. An unclaimed slot goes to the next user. */
    claimedAt: p.datetime().columnType('timestamptz').nullable(),
    /** When the admitted session expires. It lasts at least as long as what is held with it. */
    expiresAt: p.datetime().columnType('timestamptz').nullable(),
    /**
     * Until when the session can place new orders; null in entries admitted by older versions, where `expiresAt` counts.
     * So nobody keeps a session forever by booking again and again.
     */
    bookingUntil: p.datetime().columnType('timestamptz').nullable(),
    endedAt: p.datetime().columnType('timestamptz').nullable(),
    endReason: p.enum(['left', 'expired', 'paid', 'unclaimed'] as const).nullable(),
    jobId: p.string().length(64),
  },
  checks: [
    {
      name: 'queue_entry_times_follow_state',
      expression: `(state = 'waiting') = (admitted_at is null and ended_at is null)
        and (state <> 'active' or (admitted_at is not null and expires_at is not null and ended_at is null))
        and (state = 'ended') = (ended_at is not null and end_reason is not null)`,
    },
  ],
  uniques: [
    // A user has at most one open entry. Entering again returns it, and a second insert would violate this index.
    {
      name: 'queue_entry_one_open_per_user',
      properties: ['user'],
      where: `state in ('waiting', 'active')`,
    },
  ],
  indexes: [
    { name: 'queue_entry_waiting_by_number', properties: ['number'], where: `state = 'waiting'` },
    { name: 'queue_entry_active_by_expiry', properties: ['expiresAt'], where: `state = 'active'` },
    {
      name: 'queue_entry_by_admission',
      properties: ['admittedAt'],
      where: 'admitted_at is not null',
    },
    {
      name: 'queue_entry_drawn_by_number',
      properties: ['drawnFor', 'number'],
      where: 'drawn_for is not null',
    },
    { name: 'queue_entry_ended_by_end', properties: ['endedAt'], where: `state = 'ended'` },
  ],
});
