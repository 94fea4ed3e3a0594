/** Generates the seats of a new schedule. Their ids ascend in the order of its segments and of the numbers in each. */
import { sql } from 'kysely';
import type { NewScheduleRow, SeatSegment } from './operator-rows.ts';

export const insertSeats = ({ id, segments }: NewScheduleRow) => {
  const column = <Field extends keyof SeatSegment>(field: Field) =>
    segments.map((segment) => segment[field]);
  return sql`
    insert into seat (schedule_id, range_index, section, row_name, number, price, category, kind)
    select ${id}, range_index, section, row_name, number, price, category, kind
    from unnest(${column('range')}::smallint[], ${column('section')}::text[],
      ${column('row')}::text[], ${column('from')}::int[], ${column('to')}::int[],
      ${column('price')}::int[], ${column('category')}::smallint[], ${column('kind')}::smallint[])
      with ordinality as segment(range_index, section, row_name, first_number, last_number, price,
        category, kind, place),
    generate_series(first_number, last_number) as number
    order by place, number`;
};
