/** A user's entry in a waiting queue: waiting, then active (the user holds a queue token), then ended. */
import { defineEntity, p } from '@mikro-orm/core';
import { User } from '../user.ts';

export const QueueEntry = defineEntity({
  name: 'QueueEntry',
  tableName: 'queue_entry',
  properties: {
    /** Computed from the queue and the first number, which no other entry has had (`entryIdOf` in `src/domain/queue-entries.ts`). */
    id: p.bigint('number').primary().autoincrement(false),
    /**
     * Without a foreign key: its check would lock the queue's row for each new entry. The batch has locked the queue's
     * numbering instead, and the audit checks it.
     */
    queueId: p.smallint(),
    /** The place in the line of its queue. Assigned from `queue_numbering.last_number`, without gaps and in commit order. */
    number: p.bigint('number'),
    /** The number that the entry had at first, if it has another one since a draw. */
    ticket: p.bigint('number').nullable(),
    /** The draw that drew the number. An entry is drawn once: later draws leave it where it is. */
    drawId: p.bigint('number').nullable(),
    user: () =>
      p.manyToOne(User).mapToPk().fieldName('user_id').foreignKeyName('queue_entry_user_fk'),
    state: p.enum(['waiting', 'active', 'ended'] as const),
    /** When the entry was added, and when the request for it was accepted (null in entries of older versions). */
    enteredAt: p.datetime().columnType('timestamptz'),
    acceptedAt: p.datetime().columnType('timestamptz').nullable(),
    admittedAt: p.datetime().columnType('timestamptz').nullable(),
    /**
     * When the user last polled, to within minutes; null before the first note, when the time of entry counts instead. It is in
     * no index, so that a note writes none.
     */
    seenAt: p.datetime().columnType('timestamptz').nullable(),
    /** Whether that was near the front of the line, where polls are noted to within seconds. */
    seenNearFront: p.boolean().default(false),
    /** Since when a waiting user is out of the line, because the user has stopped polling. A poll brings the user back. */
    skippedAt: p.datetime().columnType('timestamptz').nullable(),
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
    endReason: p
      .enum(['left', 'expired', 'paid', 'unclaimed', 'away', 'sold-out', 'closed'] as const)
      .nullable(),
    jobId: p.string().length(64),
  },
  checks: [
    { name: 'queue_entry_has_id', expression: 'id > 0' },
    {
      name: 'queue_entry_times_follow_state',
      expression: `(state = 'waiting') = (admitted_at is null and ended_at is null)
        and (state <> 'active' or (admitted_at is not null and expires_at is not null and ended_at is null))
        and (state = 'ended') = (ended_at is not null and end_reason is not null)`,
    },
    {
      name: 'queue_entry_active_not_skipped',
      expression: `state <> 'active' or skipped_at is null`,
    },
    {
      name: 'queue_entry_waiting_end_not_admitted',
      expression: `end_reason not in ('away', 'sold-out', 'closed') or admitted_at is null`,
    },
  ],
  uniques: [
    // A user has at most one open entry a queue. Entering again returns it, and a second insert would violate this index.
    {
      name: 'queue_entry_one_open_per_user_and_queue',
      properties: ['user', 'queueId'],
      where: `state in ('waiting', 'active')`,
    },
    // It holds waiting entries only, so that an entry that is prolonged or ended costs no write here.
    {
      name: 'queue_entry_one_waiting_per_number',
      properties: ['queueId', 'number'],
      where: `state = 'waiting'`,
    },
  ],
  indexes: [
    // The line. Its condition is written as `isInLine` in `src/db/queue-line.ts`, which no other index fulfils.
    {
      name: 'queue_entry_line',
      properties: ['queueId', 'number'],
      where: `(case when state = 'waiting' and skipped_at is null then true else false end)`,
    },
    // How the user's last entry ended, for the user who asks.
    {
      name: 'queue_entry_ended_by_user',
      properties: ['user', 'queueId', 'endedAt'],
      where: `state = 'ended'`,
    },
    {
      name: 'queue_entry_active_by_queue',
      properties: ['queueId', 'expiresAt'],
      where: `state = 'active'`,
    },
    {
      name: 'queue_entry_by_admission',
      properties: ['queueId', 'admittedAt'],
      where: 'admitted_at is not null',
    },
    { name: 'queue_entry_ended_by_end', properties: ['endedAt'], where: `state = 'ended'` },
  ],
});
