import { Migration } from '@mikro-orm/migrations';

/**
 * Areas. Workers of the version before must not run: their timer would end the bookings of an area without giving its places
 * back. The constraints of `booking` are validated by the next migration, without its lock.
 */
export class Migration20261127160000 extends Migration {
  override name = 'Migration20261127160000';

  override up(): void | Promise<void> {
    // 1588002817 is the first key of the locks by which workers own lanes (src/db/lanes/lock-keys.ts).
    this.addSql(`do $$ begin
      if exists (select from pg_locks where locktype = 'advisory' and granted and objsubid = 2
        and classid = 1588002817 and database = (select oid from pg_database where datname = current_database()))
      then raise exception 'Workers of the version before are running.'
        using errcode = 'object_in_use';
      end if; end $$;`);

    // Half of each page stays free, so that the many updates of a row in a rush write no index.
    this.addSql(
      `create table "area" ("id" bigint generated always as identity not null primary key, "schedule_id" bigint not null, "name" varchar(60) not null, "price" int not null, "capacity" int not null, "held" int not null default 0, "sold" int not null default 0) with (fillfactor = 50);`,
    );
    this.addSql(
      `alter table "area" add constraint "area_name_once" unique ("schedule_id", "name");`,
    );
    this.addSql(
      `alter table "area" add constraint "area_schedule_fk" foreign key ("schedule_id") references "schedule" ("id");`,
    );
    this.addSql(
      `alter table "area" add constraint "area_within_capacity" check (held >= 0 and sold >= 0 and held + sold <= capacity);`,
    );
    this.addSql(
      `alter table "area" add constraint "area_capacity_in_range" check (capacity between 1 and 1000000);`,
    );
    this.addSql(`alter table "area" add constraint "area_price_not_negative" check (price >= 0);`);

    this.addSql(
      `alter table "booking" alter column "seat_id" drop not null, add "area_id" bigint null, add "area_held_until" timestamptz null;`,
    );
    this.addSql(
      `alter table "booking" add constraint "booking_of_one_place" check (num_nonnulls(seat_id, area_id) = 1) not valid;`,
    );
    this.addSql(
      `alter table "booking" add constraint "booking_area_hold_has_end" check ((area_id is null) = (area_held_until is null)) not valid;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`do $$ begin
      if exists (select from area) then raise exception 'There are areas, which the version before does not know.'; end if;
    end $$;`);
    this.addSql(`alter table "booking" drop constraint "booking_area_hold_has_end";`);
    this.addSql(`alter table "booking" drop constraint "booking_of_one_place";`);
    this.addSql(
      `alter table "booking" drop column "area_held_until", drop column "area_id", alter column "seat_id" set not null;`,
    );
    this.addSql(`drop table "area";`);
  }
}
