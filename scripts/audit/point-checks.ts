/** The invariants of points and their history. */
import type { Check } from './check.ts';

const signed = `case kind when 'use' then -amount else amount end`;

export const pointChecks: readonly Check[] = [
  {
    promise: 'A balance is the sum of its history',
    counted: `select count(*) from points`,
    wrong: `
      select format('user %s has %s points, history says %s', id, coalesce(balance, 0), coalesce(total, 0))
      from app_user
      left join points on points.user_id = id
      left join (select user_id, sum(${signed}) as total from point_history group by user_id) history
        on history.user_id = id
      where coalesce(balance, 0) <> coalesce(total, 0)`,
  },
  {
    promise: 'Each line of the history continues the balance of the previous line',
    counted: `select count(*) from point_history`,
    wrong: `
      select format('line %s of user %s says %s, the lines up to it give %s', id, user_id, balance, total)
      from (
        select id, user_id, balance, sum(${signed}) over (partition by user_id order by id) as total
        from point_history
      ) line where balance <> total`,
  },
  {
    promise: 'Every order and every line of the history is of a user who exists',
    counted: `select (select count(*) from app_order) + (select count(*) from point_history)`,
    wrong: `
      select format('%s of user %s', what, user_id)
      from (
        select 'order ' || id as what, user_id from app_order
        union all select 'line ' || id, user_id from point_history
      ) owned where not exists (select from app_user where app_user.id = user_id)`,
  },
];
