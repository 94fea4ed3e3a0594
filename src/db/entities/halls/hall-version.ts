/** A saved plan of a hall. A trigger of the migration, `hall_version_never_changes`, refuses every update and delete. */
import { defineEntity, p } from '@mikro-orm/core';
import type { PackedPlan } from '../../../commands/halls/packed-plan.ts';

export const HallVersion = defineEntity({
  name: 'HallVersion',
  tableName: 'hall_version',
  properties: {
    /** The migration declares its foreign key, `hall_version_hall_fk`. */
    hallId: p.bigint('number').primary().autoincrement(false),
    /** From 1, without gaps. */
    version: p.integer().primary().autoincrement(false),
    plan: p.json<PackedPlan>(),
    /** Without the places of areas. */
    seatCount: p.integer(),
    jobId: p.string().length(64),
    createdAt: p.datetime().columnType('timestamptz'),
  },
  checks: [
    { name: 'hall_version_positive', expression: 'version > 0' },
    { name: 'hall_version_seats_in_range', expression: 'seat_count between 0 and 50000' },
  ],
});
