import { Migration } from '@mikro-orm/migrations';

/**
 * Orders: every booking becomes an order of one, with the booking's id. Each table is rewritten at most once: a new
 * column that equals another one is added as generated, and then made a plain column.
 */
export class Migration20261127120000 extends Migration {
  override name = 'Migration20261127120000';

  override up(): void | Promise<void> {
    // 1588002817 is the first key of the locks by which workers own lanes (src/db/lanes/lock-keys.ts).
    this.addSql(`do $$ begin
      if exists (select from pg_locks where locktype = 'advisory' and granted and objsubid = 2
        and classid = 1588002817 and database = (select oid from pg_database where datname = current_database()))
      then raise exception 'Workers of the version before are running.'
        using errcode = 'object_in_use';
      end if; end $$;`);

    this.addSql(
      `create table "app_order" ("id" bigint generated always as identity not null primary key, "user_id" bigint not null, "concert_id" bigint not null, "schedule_id" bigint not null, "queue_id" smallint not null, "entry_number" bigint null, "state" text not null, "live_state" text generated always as (case when state = 'held' then 'held' when state in ('paid', 'partly-refunded') then 'paid' end) stored null, "total" bigint not null, "hold_expires_at" timestamptz not null, "created_at" timestamptz not null, "paid_at" timestamptz null, "ended_at" timestamptz null, "job_id" varchar(64) not null);`,
    );
    this.addSql(`
      insert into app_order (id, user_id, concert_id, schedule_id, queue_id, state, total, hold_expires_at, created_at,
        paid_at, ended_at, job_id) overriding system value
      select booking.id, booking.user_id, concert_id, schedule_id, 1, state, booking.price, hold_expires_at,
        booking.created_at, payment.created_at, ended_at, booking.job_id
      from booking left join payment on booking_id = booking.id and kind = 'payment'
      order by booking.id;`);
    this.addSql(
      `select setval('app_order_id_seq', (select max(id) from app_order)) where exists (select from app_order);`,
    );
    this.addSql(
      `alter table "app_order" add constraint "app_order_by_live_state" unique ("id", "live_state");`,
    );
    this.addSql(
      `create index "app_order_by_user_and_time" on "app_order" ("user_id", "created_at" DESC, "id" DESC);`,
    );
    this.addSql(
      `create index "app_order_by_user_state_and_time" on "app_order" ("user_id", "state", "created_at" DESC, "id" DESC);`,
    );
    this.addSql(
      `create index "app_order_held_by_end" on "app_order" ("hold_expires_at") where state = 'held';`,
    );
    this.addSql(
      `create index "app_order_held_by_entry" on "app_order" ("entry_number") where live_state = 'held';`,
    );
    this.addSql(
      `alter table "app_order" add constraint "app_order_user_fk" foreign key ("user_id") references "app_user" ("id");`,
    );
    this.addSql(
      `alter table "app_order" add constraint "app_order_ended_has_time" check ((state in ('held', 'paid', 'partly-refunded')) = (ended_at is null));`,
    );
    this.addSql(
      `alter table "app_order" add constraint "app_order_paid_has_time" check ((state in ('paid', 'partly-refunded', 'refunded')) = (paid_at is not null));`,
    );
    this.addSql(
      `alter table "app_order" add constraint "app_order_total_not_negative" check (total >= 0);`,
    );
    this.addSql(
      `alter table "app_order" add constraint "app_order_state_check" check ("state" in ('held', 'paid', 'expired', 'cancelled', 'refunded', 'partly-refunded'));`,
    );

    this.addSql(
      `alter table "booking" add "order_id" bigint generated always as (id) stored, add "live_state" text generated always as (case when state in ('held', 'paid') then state end) stored null;`,
    );
    this.addSql(
      `alter table "booking" alter column "order_id" drop expression, alter column "order_id" set not null;`,
    );
    this.addSql(`create index "booking_by_order" on "booking" ("order_id");`);
    this.addSql(
      `alter table "booking" add constraint "booking_fits_order" foreign key ("order_id", "live_state") references "app_order" ("id", "live_state");`,
    );

    this.addSql(`alter table "payment" drop constraint "payment_one_of_a_kind_per_booking";`);
    this.addSql(
      `alter table "payment" drop column "seat_id", add "order_id" bigint generated always as (booking_id) stored, alter column "price" type bigint, alter column "booking_id" drop not null;`,
    );
    this.addSql(
      `alter table "payment" alter column "order_id" drop expression, alter column "order_id" set not null;`,
    );
    this.addSql(
      `create unique index "payment_one_per_order" on "payment" ("order_id") where kind = 'payment';`,
    );
    this.addSql(
      `create unique index "payment_one_refund_per_booking" on "payment" ("booking_id") where kind = 'refund';`,
    );
    this.addSql(
      `create unique index "payment_one_whole_refund_per_order" on "payment" ("order_id") where kind = 'refund' and booking_id is null;`,
    );
    this.addSql(
      `alter table "payment" add constraint "payment_order_fk" foreign key ("order_id") references "app_order" ("id");`,
    );

    // The timer finds due orders by their own index.
    this.addSql(`drop index "seat_held_by_end";`);

    this.addSql(`alter table "queue_entry" add "booking_until" timestamptz null;`);
    this.addSql(`update "queue_entry" set "booking_until" = "expires_at" where state = 'active';`);
  }
}
