/** One row per change of a user's points. The sum of a user's signed amounts is the balance. */
import { defineEntity, p } from '@mikro-orm/core';

export const POINT_KINDS = ['charge', 'use', 'refund'] as const;

export const PointHistory = defineEntity({
  name: 'PointHistory',
  tableName: 'point_history',
  properties: {
    id: p.bigint('number').primary().generated('identity'),
    /**
     * Without a foreign key: the same transaction writes the user's row of `points`, which has one. The audit compares both, and
     * finds lines of users who do not exist.
     */
    userId: p.bigint('number'),
    kind: p.enum(POINT_KINDS),
    /** The amount, always positive. `use` deducts it, the other kinds add it. */
    amount: p.bigint('number'),
    /** The balance after this change. */
    balance: p.bigint('number'),
    jobId: p.string().length(64),
    createdAt: p.datetime().columnType('timestamptz'),
  },
  checks: [
    { name: 'point_history_amount_not_negative', expression: 'amount >= 0' },
    { name: 'point_history_balance_not_negative', expression: 'balance >= 0' },
  ],
  uniques: [
    // A command changes points at most once of each kind, even if its job is delivered twice. A card payment is credited and used.
    { name: 'point_history_one_per_job_and_kind', properties: ['jobId', 'kind'] },
  ],
  indexes: [
    {
      name: 'point_history_by_user_kind_and_time',
      columns: [
        { name: 'user_id' },
        { name: 'kind' },
        { name: 'created_at', sort: 'desc' },
        { name: 'id', sort: 'desc' },
      ],
    },
  ],
});
