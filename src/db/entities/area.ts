/** An area of one schedule: standing room or free seating, whose places have no numbers. */
import { defineEntity, p } from '@mikro-orm/core';
import { Schedule } from './schedule.ts';

export const Area = defineEntity({
  name: 'Area',
  tableName: 'area',
  properties: {
    /** Within a schedule, ids ascend in the order in which the areas were given. */
    id: p.bigint('number').primary().generated('identity'),
    schedule: () =>
      p.manyToOne(Schedule).mapToPk().fieldName('schedule_id').foreignKeyName('area_schedule_fk'),
    name: p.string().length(60),
    /** The price of one place, in points. */
    price: p.integer(),
    /** How many places it has. */
    capacity: p.integer(),
    // The numbers of its held and its paid bookings. They are in no index, so that an update of this row, which a rush makes
    // many times a second, writes no index.
    held: p.integer().default(0),
    sold: p.integer().default(0),
  },
  checks: [
    // No place is sold twice, whatever the code does. Holds that have run out count until they are ended.
    {
      name: 'area_within_capacity',
      expression: 'held >= 0 and sold >= 0 and held + sold <= capacity',
    },
    { name: 'area_capacity_in_range', expression: 'capacity between 1 and 1000000' },
    { name: 'area_price_not_negative', expression: 'price >= 0' },
  ],
  uniques: [{ name: 'area_name_once', properties: ['schedule', 'name'] }],
});
