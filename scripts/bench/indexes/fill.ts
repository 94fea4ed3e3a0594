/** The rows of a busy year: most seats are sold, some are held, and some holds are about to expire. */

const SEAT_COUNT = 1_000_000;
const HALL = 50_000;
/** The schedules that have seats; they are the newest ones on sale. */
const HALLS = SEAT_COUNT / HALL;
const USER_COUNT = 100_000;
const CONCERT_COUNT = 1000;
const SCHEDULES_OF_CONCERT = 50;

export const FILL = [
  `insert into app_user (subject) select 'user ' || n from generate_series(1, ${USER_COUNT}) n`,
  `insert into concert (title, created_at) select 'Concert ' || n, now() from generate_series(1, ${CONCERT_COUNT}) n`,
  `insert into schedule (concert_id, booking_start_at, booking_end_at, start_at, end_at, seat_count)
   select 1 + n % ${CONCERT_COUNT}, now() - case when n <= ${HALLS} then 10 else 100 end * interval '1 day',
     booking_end_at, booking_end_at + interval '5 days', booking_end_at + interval '6 days', 0
   from generate_series(1, ${CONCERT_COUNT * SCHEDULES_OF_CONCERT}) n, lateral (select
     now() + case when n <= ${HALLS} then 10 else n / ${CONCERT_COUNT} - 45 end * interval '1 day' as booking_end_at) times`,
  `insert into seat (schedule_id, range_index, number, price, state, held_until)
   select 1 + (n - 1) / ${HALL}, 0, 1 + (n - 1) % ${HALL}, 100,
     case when n % 100 = 0 then 'held' when n % 10 = 1 then 'available' else 'sold' end,
     case when n % 100 = 0 then now() + (n % 7000 - 500) * interval '1 s' end
   from generate_series(1, ${SEAT_COUNT}) n`,
  // Orders of one, with the ids of their seats, as bookings of older versions got them.
  `insert into app_order (id, user_id, concert_id, schedule_id, queue_id, state, total, hold_expires_at,
     created_at, paid_at, ended_at, job_id) overriding system value
   select id, 1 + id * 7919 % ${USER_COUNT}, 1, schedule_id, 1,
     case state when 'sold' then 'paid' when 'held' then 'held' else 'expired' end, 100,
     coalesce(held_until, now()), now() - id * interval '1 s', case when state = 'sold' then now() end,
     case when state = 'available' then now() end, 'seat-0_' || id from seat`,
  `insert into booking (order_id, user_id, concert_id, schedule_id, seat_id, price, ended_as, hold_expires_at,
     created_at, ended_at, job_id)
   select id, user_id, concert_id, schedule_id, id, total, case when state = 'expired' then state end, hold_expires_at,
     created_at, ended_at, job_id from app_order`,
  `insert into point_history (user_id, kind, amount, balance, job_id, created_at)
   select 1 + n::bigint * 7919 % ${USER_COUNT}, (array['charge', 'use', 'use', 'refund'])[1 + n % 4], 10, 10,
     'user-0_' || n, now() - n * interval '1 s' from generate_series(1, ${SEAT_COUNT}) n`,
  'vacuum analyze',
];
