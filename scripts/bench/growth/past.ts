/** Historical rows of other users and seats. */
import { type Contestant, USERS } from '../compare/contestants.ts';

/** Adds `rows` rows to each table that grows over time. */
export async function fillUpTo({ query, hall }: Contestant, rows: number): Promise<void> {
  const series = `generate_series(1, ${rows}) n`;
  const past = `now() - interval '1 day'`;
  await query(`insert into app_user (subject) select gen_random_uuid()::text from ${series}`);
  const { scheduleId } = await hall(1);
  await query(`insert into seat (schedule_id, range_index, number, price)
    select ${scheduleId}, 0, n, 1 from ${series}`);
  await query(`
    with placed as (
      insert into app_order (user_id, concert_id, schedule_id, queue_id, state, total, hold_expires_at,
        created_at, ended_at, job_id)
      select 1 + id % ${USERS}, 1, ${scheduleId}, 1, 'cancelled', 1, ${past}, ${past}, ${past}, 'past-' || id
      from seat where price = 1
      returning *)
    insert into booking (order_id, user_id, concert_id, schedule_id, seat_id, price, ended_as,
      hold_expires_at, created_at, ended_at, job_id)
    select id, user_id, concert_id, schedule_id, substr(job_id, 6)::bigint, total, state,
      hold_expires_at, created_at, ended_at, job_id
    from placed`);
  await query(`insert into command_receipt (id, lane, command, user_id, request_hash, state, result,
      accepted_at, finished_at)
    select gen_random_uuid()::text, 'user-0', 'past', 1 + n % ${USERS}, '', 'succeeded', '{}',
      ${past}, ${past} from ${series}`);
  for (const table of ['app_user', 'seat', 'app_order', 'booking', 'command_receipt']) {
    await query(`vacuum analyze ${table}`);
  }
  await query('checkpoint');
}
