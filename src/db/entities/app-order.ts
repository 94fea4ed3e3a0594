/** A user's order: places of one schedule that are held, paid and refunded together. Every booking belongs to one. */
import { defineEntity, p } from '@mikro-orm/core';

export const ORDER_STATES = [
  'held',
  'paid',
  'expired',
  'cancelled',
  'refunded',
  'partly-refunded',
] as const;

export const AppOrder = defineEntity({
  name: 'AppOrder',
  tableName: 'app_order',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    /**
     * Without a foreign key: the receipt of the command that places it is written in the same transaction, names the same user
     * and has such a key. The audit finds orders of users who do not exist.
     */
    userId: p.bigint('number'),
    // Copied from the schedule of its places, without foreign keys, as in `booking`.
    concertId: p.bigint('number'),
    scheduleId: p.bigint('number'),
    /** The waiting queue under which it was placed. */
    queueId: p.smallint(),
    /** The queue entry under which it was placed; null in orders made of bookings of older versions. */
    entryId: p.bigint('number').nullable(),
    state: p.enum(ORDER_STATES),
    /** True, or null once it has ended. `booking_fits_order` refuses a live booking in an order that has ended. */
    isLive: p
      .boolean()
      .nullable()
      .generated(`(case when state in ('held', 'paid', 'partly-refunded') then true end) stored`),
    /** In points: the price of its places while it is held, what was paid once it is paid. */
    total: p.bigint('number'),
    holdExpiresAt: p.datetime().columnType('timestamptz'),
    createdAt: p.datetime().columnType('timestamptz'),
    paidAt: p.datetime().columnType('timestamptz').nullable(),
    endedAt: p.datetime().columnType('timestamptz').nullable(),
    jobId: p.string().length(64),
  },
  checks: [
    {
      name: 'app_order_ended_has_time',
      expression: `(state in ('held', 'paid', 'partly-refunded')) = (ended_at is null)`,
    },
    {
      name: 'app_order_paid_has_time',
      expression: `(state in ('paid', 'partly-refunded', 'refunded')) = (paid_at is not null)`,
    },
    { name: 'app_order_total_not_negative', expression: 'total >= 0' },
  ],
  // The target of `booking_fits_order`. A payment does not change this key, so that PostgreSQL checks nothing then.
  uniques: [{ name: 'app_order_with_user_and_live', properties: ['id', 'userId', 'isLive'] }],
  indexes: [
    // Finds the orders of a performance that is cancelled.
    { name: 'app_order_by_schedule', properties: ['scheduleId', 'id'] },
    // Serves the lists of orders and of live bookings, merged of one part for each state, and finds the held orders of a
    // queue entry, which are those of its user.
    {
      name: 'app_order_by_user_state_and_time',
      columns: [
        { name: 'user_id' },
        { name: 'state' },
        { name: 'created_at', sort: 'desc' },
        { name: 'id', sort: 'desc' },
      ],
    },
    // The held ones, without a condition on `state`: else a statement that looks for held orders of a user could read all of
    // this index instead, with a plan made while it was small.
    {
      name: 'app_order_held_by_end',
      properties: ['holdExpiresAt'],
      where: `is_live and paid_at is null`,
    },
  ],
});
