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
  'close-concert',
  'create-concert',
  'create-hall',
  'create-queue',
  'create-schedule',
  'edit-concert',
  'edit-schedule',
  'end-refund',
  'move-draw',
  'open-gate',
  'register-webhook',
  'release-seats',
  'remove-webhook',
  'reopen-concert',
  'retry-call',
  'retry-cancellation',
  'retry-refund',
  'save-hall',
  'set-admission',
  'set-concert-image',
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
          or log.after <> receipt.result::jsonb)`,
  },
  {
    promise: 'A line of the operators’ log that is about an order names that of its result',
    counted: `select count(*) from operator_log`,
    wrong: `
      select format('line %s (%s) names order %s', log.id, command, order_id)
      from operator_log log left join app_order on app_order.id = order_id
      where order_id is not null and app_order.id is null
        or command in ('cancel-order-as-operator', 'end-refund', 'retry-call', 'retry-refund')
          and order_id is distinct from
            (after ->> case command when 'cancel-order-as-operator' then 'id' else 'orderId' end)::bigint`,
  },
];
