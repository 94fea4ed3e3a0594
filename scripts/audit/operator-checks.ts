/** The invariants of the operators' log. */
import type { Check } from './check.ts';

/** SQL: the last line of the log of each thing that these commands change. They lock its row, so the ids of its lines ascend. */
const lastOf = (thing: string, commands: readonly string[]) => `
  (select distinct on (thing_id) ${thing} as thing_id, after from operator_log
   where command in (${commands.map((name) => `'${name}'`).join(', ')}) order by thing_id, id desc) last`;

const OF_CONCERTS = ['close-concert', 'edit-concert', 'reopen-concert', 'set-concert-image'];
const OF_SEATS = ['block-seats', 'release-seats'];
const OF_SCHEDULES = ['close-schedule', 'edit-schedule', 'reopen-schedule'];
const overwriting = [...OF_CONCERTS, ...OF_SCHEDULES, ...OF_SEATS, 'set-admission'];

/** The commands that only operators send; a test compares them with the handlers. */
export const OPERATORS_COMMANDS = [
  'announce-draw',
  'block-seats',
  'cancel-draw',
  'cancel-order-as-operator',
  'cancel-schedule',
  'charge-points-as-operator',
  'close-concert',
  'close-schedule',
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
  'reopen-schedule',
  'retry-call',
  'retry-cancellation',
  'retry-refund',
  'save-hall',
  'set-admission',
  'set-concert-image',
] as const;

const names = OPERATORS_COMMANDS.map((name) => `'${name}'`).join(', ');

/** What operators' commands leave can be overwritten by the next one. */
export const asLastLeft: Check = {
  // Concerts are moved to other queues by another command. Version 0.1.0 knew no queue but the first.
  promise:
    'A concert, performance, queue or seat is as the last command of an operator that changed it has left it',
  counted: `select count(*) from operator_log where command in (${overwriting.map((name) => `'${name}'`).join(', ')})`,
  wrong: `
    select format('concert %s is not as the log says: %s', thing_id, after)
    from ${lastOf(`(after ->> 'id')::bigint`, OF_CONCERTS)} left join concert on concert.id = thing_id
    where concert.id is null or not jsonb_build_object('title', title, 'description', description, 'venue', venue,
        'timeZone', time_zone, 'image', '/concerts/' || concert.id || '/image?v=' || image_hash,
        'state', case when closed_at is null then 'open' else 'closed' end)
      @> (after - '{id,createdAt,queueId}'::text[])
    union all
    select format('schedule %s is not as the log says: %s', thing_id, after)
    from ${lastOf(`(after ->> 'id')::bigint`, OF_SCHEDULES)} left join schedule on schedule.id = thing_id
    where (booking_start_at, booking_end_at, start_at, end_at, closed_at is not null)
      is distinct from ((after ->> 'bookingStartAt')::timestamptz, (after ->> 'bookingEndAt')::timestamptz,
        (after ->> 'startAt')::timestamptz, (after ->> 'endAt')::timestamptz, after ->> 'state' = 'closed')
    union all
    select format('the admission of queue %s is not as the log says: %s', thing_id, after)
    from ${lastOf(`coalesce((after ->> 'queueId')::int, 1)`, ['set-admission'])}
    left join waiting_queue on waiting_queue.id = thing_id
    where (is_paused, admit_limit, max_active, admit_window_ms)
      is distinct from ((after ->> 'isPaused')::boolean, (after ->> 'admitLimit')::int, (after ->> 'maxActive')::int,
        (after ->> 'admitWindowSeconds')::numeric * 1000)
    union all
    select format('seat %s is blocked: %s; the log says: %s', seat_id, coalesce(blocked_reason, '-'), coalesce(reason, '-'))
    from (
      select distinct on (seat_id) seat_id::bigint as seat_id, after ->> 'blockedReason' as reason
      from operator_log cross join jsonb_array_elements_text(after -> 'seatIds') as seat_id
      where command in (${OF_SEATS.map((name) => `'${name}'`).join(', ')}) order by seat_id, id desc
    ) last left join seat on seat.id = last.seat_id
    where seat.id is null or blocked_reason is distinct from reason`,
};

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
          or log.after is distinct from receipt.result::jsonb)`,
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
  asLastLeft,
];
