/** A seat of one schedule. After its hold has expired, a seat stays `held` until it is booked again or released. */
import { defineEntity, p } from '@mikro-orm/core';
import { Schedule } from './schedule.ts';

export const Seat = defineEntity({
  name: 'Seat',
  tableName: 'seat',
  properties: {
    /** Within a schedule, ids ascend in the order of the ranges and of the seat numbers in each. */
    id: p.bigint('number').primary().generated('identity'),
    schedule: () =>
      p.manyToOne(Schedule).mapToPk().fieldName('schedule_id').foreignKeyName('seat_schedule_fk'),
    /** The index of the seat's range in the schedule. Adjacent seats share a range. */
    range: p.smallint().fieldName('range_index'),
    section: p.string().length(60).nullable(),
    row: p.string().length(60).nullable().fieldName('row_name'),
    number: p.integer(),
    price: p.integer(),
    state: p.enum(['available', 'held', 'sold'] as const).default('available'),
    /** Until when no other user can book the seat: the end of the hold plus the grace period for payments in flight. */
    heldUntil: p.datetime().columnType('timestamptz').nullable(),
    /** Why operators have blocked the seat; null if they have not. */
    blockedReason: p.string().length(200).nullable(),
    /** The index of its category in those of the schedule; null if the schedule was made from ranges. */
    category: p.smallint().nullable(),
    /** 0, 1 for an accessible seat, 2 for one of a companion. No index: the update of a seat should touch as few as it can. */
    kind: p.smallint().default(0),
  },
  checks: [
    { name: 'seat_blocked_is_free', expression: `blocked_reason is null or state = 'available'` },
    { name: 'seat_category_not_negative', expression: 'category >= 0' },
    { name: 'seat_kind_known', expression: 'kind between 0 and 2' },
    { name: 'seat_price_not_negative', expression: 'price >= 0' },
    { name: 'seat_held_has_end', expression: `(state = 'held') = (held_until is not null)` },
  ],
  indexes: [
    { name: 'seat_by_schedule_and_state', properties: ['schedule', 'state', 'id'] },
    {
      name: 'seat_blocked_by_schedule',
      properties: ['schedule', 'id'],
      where: 'blocked_reason is not null',
    },
  ],
});
