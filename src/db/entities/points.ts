/** A user's balance: one row per user, in whole points, never negative. */
import { defineEntity, p } from '@mikro-orm/core';
import { User } from './user.ts';

export const Points = defineEntity({
  name: 'Points',
  tableName: 'points',
  properties: {
    user: () =>
      p.manyToOne(User).mapToPk().primary().fieldName('user_id').foreignKeyName('points_user_fk'),
    balance: p.bigint('number').default(0),
  },
  checks: [
    // At most 2^53 - 1, the largest integer that a JSON number represents exactly.
    { name: 'points_balance_in_range', expression: 'balance between 0 and 9007199254740991' },
  ],
});
