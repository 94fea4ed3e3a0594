/** The outcome of a command, written in the same transaction as its effect. */
import { defineEntity, p } from '@mikro-orm/core';
import { User } from './user.ts';

export const CommandReceipt = defineEntity({
  name: 'CommandReceipt',
  tableName: 'command_receipt',
  properties: {
    /**
     * The job id without its lane. It is derived from the idempotency key, if there is one, so that a key has only one
     * receipt even if a changed request goes to another lane.
     */
    id: p.string().length(48).primary(),
    lane: p.string().length(16),
    command: p.string().length(40),
    user: () =>
      p.manyToOne(User).mapToPk().fieldName('user_id').foreignKeyName('command_receipt_user_fk'),
    /** Digest of the command's name and input. It distinguishes a retry from another request with the same key. */
    requestHash: p.string().length(32),
    state: p.enum(['succeeded', 'rejected', 'failed'] as const),
    /** As `json`, not `jsonb`: outcomes are returned as a whole, and the conversion took as long as the rest of the row, with four places twice as long. */
    result: p.json<object>().columnType('json').nullable(),
    problem: p.json<object>().columnType('json').nullable(),
    acceptedAt: p.datetime().columnType('timestamptz'),
    finishedAt: p.datetime().columnType('timestamptz'),
  },
  indexes: [{ name: 'command_receipt_by_finish', properties: ['finishedAt'] }],
});
