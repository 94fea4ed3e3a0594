import { Migration } from '@mikro-orm/migrations';

/**
 * The order alone says held or paid: `booking.state` becomes `ended_as`, null for live bookings. `booking` and `app_order` are
 * rewritten once each. Processes of the version before must not run, because they read and write the former columns.
 */
export class Migration20261127170000 extends Migration {
  override name = 'Migration20261127170000';

  override up(): void | Promise<void> {
    // The locks come before the check, so that no process can connect and use the tables between both.
    this.addSql(`lock table "booking", "app_order", "payment" in access exclusive mode;`);
    // 1588002817 is the first key of the locks by which workers own lanes (src/db/lanes/lock-keys.ts).
    this.addSql(`do $$ begin
      if exists (select from pg_locks where locktype = 'advisory' and granted and objsubid = 2
        and classid = 1588002817 and database = (select oid from pg_database where datname = current_database()))
        or exists (select from pg_stat_activity
          where datname = current_database() and application_name in ('seatlane-api', 'seatlane-worker'))
      then raise exception 'Processes of the version before are running.'
        using errcode = 'object_in_use';
      end if; end $$;`);

    this.addSql(
      `alter table "booking" drop constraint "booking_fits_order", drop constraint "booking_state_check", drop constraint "booking_ended_has_time", drop constraint "booking_area_hold_has_end";`,
    );
    // Without them the rewrite of the table does not build them twice.
    this.addSql(
      `drop index "booking_one_live_per_seat", "booking_held_by_area", "booking_by_user_state_and_time", "booking_live_by_user_and_schedule";`,
    );
    this.addSql(
      `alter table "booking" drop column "live_state", alter column "state" drop not null;`,
    );
    this.addSql(
      `alter table "booking"
         alter column "state" type text using (case when state not in ('held', 'paid') then state end),
         alter column "area_held_until" type timestamptz using (case when state not in ('paid', 'refunded') then area_held_until end),
         add "is_live" boolean generated always as (case when state is null then true end) stored null;`,
    );
    this.addSql(`alter table "booking" rename column "state" to "ended_as";`);

    this.addSql(`alter table "app_order" drop constraint "app_order_by_live_state";`);
    this.addSql(`drop index "app_order_held_by_end", "app_order_held_by_entry";`);
    this.addSql(
      `alter table "app_order" drop column "live_state", add "is_live" boolean generated always as (case when state in ('held', 'paid', 'partly-refunded') then true end) stored null;`,
    );
    this.addSql(
      `alter table "app_order" add constraint "app_order_with_user_and_live" unique ("id", "user_id", "is_live");`,
    );
    this.addSql(
      `create index "app_order_held_by_end" on "app_order" ("hold_expires_at") where is_live and paid_at is null;`,
    );

    this.addSql(
      `alter table "booking" add constraint "booking_ended_as_check" check ("ended_as" in ('expired', 'cancelled', 'refunded')), add constraint "booking_ended_has_time" check ((ended_as is null) = (ended_at is null)), add constraint "booking_area_hold_has_end" check (case when area_id is null or ended_as = 'refunded' then area_held_until is null else ended_as is null or area_held_until is not null end);`,
    );
    this.addSql(
      `create unique index "booking_one_live_per_seat" on "booking" ("seat_id") where ended_as is null and seat_id is not null;`,
    );
    this.addSql(
      `create index "booking_held_by_area" on "booking" ("area_id", "area_held_until", "id") where is_live and area_held_until is not null;`,
    );
    this.addSql(
      `create index "booking_ended_by_user_and_time" on "booking" ("user_id", "ended_as", "created_at" DESC, "id" DESC) where ended_as is not null;`,
    );
    this.addSql(
      `create index "booking_live_by_user_and_schedule" on "booking" ("user_id", "schedule_id") where ended_as is null;`,
    );
    this.addSql(
      `alter table "booking" add constraint "booking_fits_order" foreign key ("order_id", "user_id", "is_live") references "app_order" ("id", "user_id", "is_live");`,
    );
    this.addSql(`alter table "payment" drop constraint "payment_booking_fk";`);
  }
}
