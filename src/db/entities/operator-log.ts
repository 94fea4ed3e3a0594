/** What operators have changed: one line for each of their commands that succeeded, written in its transaction and kept. */
import { defineEntity, p } from '@mikro-orm/core';
import { User } from './user.ts';

export const OperatorLog = defineEntity({
  name: 'OperatorLog',
  tableName: 'operator_log',
  properties: {
    /** Ascends with the time of the commands of one process; those of several processes may overlap. */
    id: p.bigint('number').primary().generated('identity'),
    /** The operator. */
    user: () =>
      p.manyToOne(User).mapToPk().fieldName('user_id').foreignKeyName('operator_log_user_fk'),
    /** The name of the command. */
    command: p.string().length(40),
    jobId: p.string().length(64),
    /** The reason that the operator gave; null where the command has none. */
    reason: p.string().length(200).nullable(),
    /** What the command changed, as it was before; null where it only added something. */
    before: p.json<object>().nullable(),
    /** The result of the command. */
    after: p.json<object>(),
    /** The order that the command is about; null for all other commands. Without a foreign key: the command has locked the order. */
    orderId: p.bigint('number').nullable(),
    createdAt: p.datetime().columnType('timestamptz'),
  },
  uniques: [{ name: 'operator_log_one_per_job', properties: ['jobId'] }],
  indexes: [
    { name: 'operator_log_by_order', properties: ['orderId', 'id'], where: 'order_id is not null' },
  ],
});
