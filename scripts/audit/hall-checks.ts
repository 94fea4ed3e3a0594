/** The invariants of halls, and of schedules that were made from them. */
import type { Check } from './check.ts';

/** The rows of the plans of schedules that were made from a hall. */
const planned = `
  schedule join hall_version on hall_version.hall_id = schedule.hall_id and version = hall_version
  cross join jsonb_array_elements(plan -> 'sections') as section
  cross join jsonb_array_elements(section -> 'rows') as planned_row`;

export const hallChecks: readonly Check[] = [
  {
    promise: 'The versions of a hall count from 1 to its newest',
    counted: `select count(*) from hall`,
    wrong: `
      select format('hall %s says version %s, it has %s up to %s', hall.id, hall.version, count(saved.version),
        max(saved.version))
      from hall left join hall_version saved on hall_id = hall.id
      group by hall.id having count(saved.version) <> hall.version
        or max(saved.version) is distinct from hall.version`,
  },
  {
    promise: 'A version of a hall counts its seats correctly',
    counted: `select count(*) from hall_version`,
    wrong: `
      select format('version %s of hall %s says %s seats, its plan has %s', version, hall_id, seat_count, seats)
      from hall_version cross join lateral (
        select coalesce(sum((planned_row ->> 'seats')::int), 0) as seats
        from jsonb_array_elements(plan -> 'sections') as section,
          jsonb_array_elements(section -> 'rows') as planned_row
      ) counted where seats <> seat_count`,
  },
  {
    promise: 'A schedule of a hall has the seats of its plan, in each row as many of each category',
    counted: `select count(*) from seat join schedule on schedule.id = schedule_id where hall_id is not null`,
    wrong: `
      select format('schedule %s has %s seats of category %s in row %s of section %s, its plan %s',
        schedule_id, coalesce(sold.seats, 0), category, coalesce(row_name, '-'), coalesce(section, '-'),
        coalesce(wanted.seats, 0))
      from (
        select schedule.id as schedule_id, coalesce(section ->> 'name', '') as section,
          coalesce(planned_row ->> 'name', '') as row_name, (run ->> 0)::int as category,
          sum((run ->> 1)::int) as seats
        from ${planned} cross join jsonb_array_elements(planned_row -> 'categories') as run
        group by 1, 2, 3, 4
      ) wanted full join (
        select schedule_id, coalesce(section, '') as section, coalesce(row_name, '') as row_name,
          category::int as category, count(*) as seats
        from seat join schedule on schedule.id = schedule_id where hall_id is not null
        group by 1, 2, 3, 4
      ) sold using (schedule_id, section, row_name, category)
      where wanted.seats is distinct from sold.seats`,
  },
  {
    promise: 'A schedule of a hall has as many accessible and companion seats as its plan',
    counted: `select count(*) from seat where kind <> 0`,
    wrong: `
      select format('schedule %s has %s seats of kind %s, its plan %s', schedule_id, coalesce(sold.seats, 0), kind,
        coalesce(wanted.seats, 0))
      from (
        select schedule.id as schedule_id, (special ->> 1)::int as kind, count(*) as seats
        from ${planned} cross join jsonb_array_elements(planned_row -> 'kinds') as special
        group by 1, 2
      ) wanted full join (
        select schedule_id, kind::int as kind, count(*) as seats from seat where kind <> 0 group by 1, 2
      ) sold using (schedule_id, kind)
      where wanted.seats is distinct from sold.seats`,
  },
  {
    promise: 'The categories of a schedule are those of its plan, in its order',
    counted: `select count(*) from schedule where hall_id is not null`,
    wrong: `
      select format('schedule %s has the categories %s, its plan %s', schedule.id, sold, wanted)
      from schedule join hall_version on hall_version.hall_id = schedule.hall_id and version = hall_version,
        jsonb_path_query_array(categories, '$[*].name') as sold,
        jsonb_path_query_array(plan, '$.categories[*].name') as wanted
      where sold <> wanted`,
  },
  {
    promise: 'A seat of a category has its price, and all seats of a schedule of a hall have one',
    counted: `select count(*) from seat where category is not null`,
    wrong: `
      select format('seat %s costs %s, its category %s', seat.id, price,
        coalesce(categories -> category ->> 'price', 'nothing that is known'))
      from seat join schedule on schedule.id = schedule_id
      where (hall_id is not null or category is not null)
        and price is distinct from (categories -> category ->> 'price')::int`,
  },
  {
    promise: 'A schedule of a hall has the areas of its plan, with the prices of their categories',
    counted: `select count(*) from area join schedule on schedule.id = schedule_id where hall_id is not null`,
    wrong: `
      select format('schedule %s has %s places in area %s for %s, its plan %s for %s', schedule_id,
        coalesce(sold.capacity, 0), name, sold.price, coalesce(wanted.capacity, 0), wanted.price)
      from (
        select schedule.id as schedule_id, planned_area ->> 'name' as name,
          (planned_area ->> 'capacity')::int as capacity, (priced ->> 'price')::int as price
        from schedule join hall_version on hall_version.hall_id = schedule.hall_id and version = hall_version
        cross join jsonb_array_elements(plan -> 'areas') as planned_area
        left join lateral jsonb_array_elements(categories) as priced
          on priced -> 'name' = planned_area -> 'category'
      ) wanted full join (
        select schedule_id, name, capacity, price
        from area join schedule on schedule.id = schedule_id where hall_id is not null
      ) sold using (schedule_id, name)
      where wanted.capacity is distinct from sold.capacity or wanted.price is distinct from sold.price`,
  },
];
