/** The invariants of the operators' log. */
import type { Check } from './check.ts';

/** The commands that only operators send; a test compares them with the handlers. */
export const OPERATORS_COMMANDS = [
  'announce-draw',
  'block-seats',
  'cancel-draw',
  'cancel-order-as-operator',
  'cancel-schedule',
  'charge-points-as-operator',
  'create-concert',
  'create-queue',
  'create-schedule',
  'end-refund',
  'move-draw',
  'register-webhook',
  'release-seats',
  'remove-webhook',
  'retry-cancellation',
  'retry-refund',
  'set-admission',
] as const;

const names = OPERATORS_COMMANDS.map((name) => `'${name}'`).join(', ');

export const operatorChecks: readonly Check[] = [
  {
    promise:
      'Every command of an operator that succeeded has one line in the log, with its operator and result',
    counted: `select count(*) from command_receipt where state = 'succeeded' and command in (${names})`,
    wrong: `
      select format('%s %s of user %s has no such line', receipt.command, receipt.id, receipt.user_id)
      from command_receipt receipt left join operator_log log on job_id = lane || '_' || receipt.id
      where state = 'succeeded' and receipt.command in (${names})
        and (log.id is null or log.user_id <> receipt.user_id or log.command <> receipt.command
          or log.after <> receipt.result)`,
  },
];
