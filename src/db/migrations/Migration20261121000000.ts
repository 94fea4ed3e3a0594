import { Migration } from '@mikro-orm/migrations';

export class Migration20261121000000 extends Migration {
  override name = 'Migration20261121000000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "concert" ("id" bigint generated always as identity not null primary key, "title" varchar(200) not null, "description" text null, "created_at" timestamptz not null);`,
    );

    this.addSql(
      `create table "draw" ("concert_id" bigint not null, "seed" varchar(64) not null, "seed_hash" varchar(64) not null, "gathers_at" timestamptz not null, "opens_at" timestamptz not null, "drawn_at" timestamptz null, "places" int null, "first_number" bigint null, "created_at" timestamptz not null, primary key ("concert_id"));`,
    );
    this.addSql(
      `alter table "draw" add constraint "draw_gathers_before_it_opens" check (gathers_at <= opens_at);`,
    );

    this.addSql(
      `create table "lane" ("name" varchar(16) not null, "epoch" bigint not null default '0', "in_use" boolean not null default true, "owner" varchar(120) null, "taken_at" timestamptz null, primary key ("name"));`,
    );

    this.addSql(
      `create table "schedule" ("id" bigint generated always as identity not null primary key, "concert_id" bigint not null, "booking_start_at" timestamptz not null, "booking_end_at" timestamptz not null, "start_at" timestamptz not null, "end_at" timestamptz not null, "seat_count" int not null);`,
    );
    this.addSql(
      `create index "schedule_bookable_by_concert" on "schedule" ("concert_id", "booking_end_at", "booking_start_at");`,
    );
    this.addSql(
      `alter table "schedule" add constraint "schedule_booking_window_forward" check (booking_start_at < booking_end_at);`,
    );
    this.addSql(
      `alter table "schedule" add constraint "schedule_times_forward" check (start_at < end_at);`,
    );

    this.addSql(
      `create table "seat" ("id" bigint generated always as identity not null primary key, "schedule_id" bigint not null, "range_index" smallint not null, "section" varchar(60) null, "row_name" varchar(60) null, "number" int not null, "price" int not null, "state" text not null default 'available', "held_until" timestamptz null, "blocked_reason" varchar(200) null);`,
    );
    this.addSql(
      `create index "seat_by_schedule_and_state" on "seat" ("schedule_id", "state", "id");`,
    );
    this.addSql(`create index "seat_held_by_end" on "seat" ("held_until") where state = 'held';`);
    this.addSql(
      `alter table "seat" add constraint "seat_blocked_is_free" check (blocked_reason is null or state = 'available');`,
    );
    this.addSql(`alter table "seat" add constraint "seat_price_not_negative" check (price >= 0);`);
    this.addSql(
      `alter table "seat" add constraint "seat_held_has_end" check ((state = 'held') = (held_until is not null));`,
    );
    this.addSql(
      `alter table "seat" add constraint "seat_state_check" check ("state" in ('available', 'held', 'sold'));`,
    );

    this.addSql(
      `create table "app_user" ("id" bigint generated always as identity not null primary key, "subject" varchar(255) not null, "name" varchar(255) null, "created_at" timestamptz not null default now());`,
    );
    this.addSql(
      `alter table "app_user" add constraint "app_user_one_per_subject" unique ("subject");`,
    );

    this.addSql(
      `create table "queue_entry" ("number" bigint not null, "ticket" bigint null, "drawn_for" bigint null, "user_id" bigint not null, "state" text not null, "entered_at" timestamptz not null, "admitted_at" timestamptz null, "seen_at" timestamptz null, "claimed_at" timestamptz null, "expires_at" timestamptz null, "ended_at" timestamptz null, "end_reason" text null, "job_id" varchar(64) not null, primary key ("number"));`,
    );
    this.addSql(
      `create index "queue_entry_waiting_by_number" on "queue_entry" ("number") where state = 'waiting';`,
    );
    this.addSql(
      `create index "queue_entry_active_by_expiry" on "queue_entry" ("expires_at") where state = 'active';`,
    );
    this.addSql(
      `create index "queue_entry_by_admission" on "queue_entry" ("admitted_at") where admitted_at is not null;`,
    );
    this.addSql(
      `create index "queue_entry_drawn_by_number" on "queue_entry" ("drawn_for", "number") where drawn_for is not null;`,
    );
    this.addSql(
      `create index "queue_entry_ended_by_end" on "queue_entry" ("ended_at") where state = 'ended';`,
    );
    this.addSql(
      `create unique index "queue_entry_one_open_per_user" on "queue_entry" ("user_id") where state in ('waiting', 'active');`,
    );
    this.addSql(`alter table "queue_entry" add constraint "queue_entry_times_follow_state" check ((state = 'waiting') = (admitted_at is null and ended_at is null)
        and (state <> 'active' or (admitted_at is not null and expires_at is not null and ended_at is null))
        and (state = 'ended') = (ended_at is not null and end_reason is not null));`);
    this.addSql(
      `alter table "queue_entry" add constraint "queue_entry_state_check" check ("state" in ('waiting', 'active', 'ended'));`,
    );
    this.addSql(
      `alter table "queue_entry" add constraint "queue_entry_end_reason_check" check ("end_reason" in ('left', 'expired', 'paid', 'unclaimed'));`,
    );

    this.addSql(
      `create table "points" ("user_id" bigint not null, "balance" bigint not null default '0', primary key ("user_id"));`,
    );
    this.addSql(
      `alter table "points" add constraint "points_balance_in_range" check (balance between 0 and 9007199254740991);`,
    );

    this.addSql(
      `create table "point_history" ("id" bigint generated always as identity not null primary key, "user_id" bigint not null, "kind" text not null, "amount" bigint not null, "balance" bigint not null, "job_id" varchar(64) not null, "created_at" timestamptz not null);`,
    );
    this.addSql(
      `create index "point_history_by_user_and_time" on "point_history" ("user_id", "created_at" DESC, "id" DESC);`,
    );
    this.addSql(
      `create index "point_history_by_user_kind_and_time" on "point_history" ("user_id", "kind", "created_at" DESC, "id" DESC);`,
    );
    this.addSql(
      `alter table "point_history" add constraint "point_history_one_per_job" unique ("job_id");`,
    );
    this.addSql(
      `alter table "point_history" add constraint "point_history_amount_not_negative" check (amount >= 0);`,
    );
    this.addSql(
      `alter table "point_history" add constraint "point_history_balance_not_negative" check (balance >= 0);`,
    );
    this.addSql(
      `alter table "point_history" add constraint "point_history_kind_check" check ("kind" in ('charge', 'use', 'refund'));`,
    );

    this.addSql(
      `create table "command_receipt" ("id" varchar(48) not null, "lane" varchar(16) not null, "command" varchar(40) not null, "user_id" bigint not null, "request_hash" varchar(32) not null, "state" text not null, "result" jsonb null, "problem" jsonb null, "accepted_at" timestamptz not null, "finished_at" timestamptz not null, primary key ("id"));`,
    );
    this.addSql(`create index "command_receipt_by_finish" on "command_receipt" ("finished_at");`);
    this.addSql(
      `alter table "command_receipt" add constraint "command_receipt_state_check" check ("state" in ('succeeded', 'rejected', 'failed'));`,
    );

    this.addSql(
      `create table "booking" ("id" bigint generated always as identity not null primary key, "user_id" bigint not null, "concert_id" bigint not null, "schedule_id" bigint not null, "seat_id" bigint not null, "price" int not null, "state" text not null, "hold_expires_at" timestamptz not null, "created_at" timestamptz not null, "ended_at" timestamptz null, "job_id" varchar(64) not null);`,
    );
    this.addSql(`create index "booking_by_user_newest" on "booking" ("user_id", "id" DESC);`);
    this.addSql(
      `create index "booking_live_by_user_and_schedule" on "booking" ("user_id", "schedule_id") where state in ('held', 'paid');`,
    );
    this.addSql(
      `create unique index "booking_one_live_per_seat" on "booking" ("seat_id") where state in ('held', 'paid');`,
    );
    this.addSql(
      `alter table "booking" add constraint "booking_ended_has_time" check ((state in ('held', 'paid')) = (ended_at is null));`,
    );
    this.addSql(
      `alter table "booking" add constraint "booking_state_check" check ("state" in ('held', 'paid', 'expired', 'cancelled', 'refunded'));`,
    );

    this.addSql(
      `create table "payment" ("id" bigint generated always as identity not null primary key, "booking_id" bigint not null, "user_id" bigint not null, "seat_id" bigint not null, "price" int not null, "kind" text not null, "balance" bigint not null, "job_id" varchar(64) not null, "created_at" timestamptz not null);`,
    );
    this.addSql(
      `alter table "payment" add constraint "payment_one_of_a_kind_per_booking" unique ("booking_id", "kind");`,
    );
    this.addSql(
      `alter table "payment" add constraint "payment_kind_check" check ("kind" in ('payment', 'refund'));`,
    );

    this.addSql(
      `create table "waiting_queue" ("id" smallint not null, "last_number" bigint not null default '0', "waiting" int not null default 0, "last_admitted" bigint not null default '0', "is_paused" boolean not null default false, "admit_limit" int null, "admit_window_ms" int null, "max_active" int null, primary key ("id"));`,
    );
    this.addSql(`insert into "waiting_queue" ("id") values (1);`);
    this.addSql(
      `alter table "waiting_queue" add constraint "waiting_queue_waiting_not_negative" check (waiting >= 0);`,
    );
    this.addSql(
      `alter table "waiting_queue" add constraint "waiting_queue_one_row" check (id = 1);`,
    );

    this.addSql(
      `create table "webhook" ("id" bigint generated always as identity not null primary key, "url" varchar(2000) not null, "commands" jsonb null, "created_at" timestamptz not null, "removed_at" timestamptz null);`,
    );

    this.addSql(
      `alter table "draw" add constraint "draw_concert_fk" foreign key ("concert_id") references "concert" ("id") on update cascade on delete cascade;`,
    );

    this.addSql(
      `alter table "schedule" add constraint "schedule_concert_fk" foreign key ("concert_id") references "concert" ("id");`,
    );

    this.addSql(
      `alter table "seat" add constraint "seat_schedule_fk" foreign key ("schedule_id") references "schedule" ("id");`,
    );

    this.addSql(
      `alter table "queue_entry" add constraint "queue_entry_user_fk" foreign key ("user_id") references "app_user" ("id");`,
    );

    this.addSql(
      `alter table "points" add constraint "points_user_fk" foreign key ("user_id") references "app_user" ("id") on update cascade on delete cascade;`,
    );

    this.addSql(
      `alter table "point_history" add constraint "point_history_user_fk" foreign key ("user_id") references "app_user" ("id");`,
    );

    this.addSql(
      `alter table "command_receipt" add constraint "command_receipt_user_fk" foreign key ("user_id") references "app_user" ("id");`,
    );

    this.addSql(
      `alter table "booking" add constraint "booking_user_fk" foreign key ("user_id") references "app_user" ("id");`,
    );
    this.addSql(
      `alter table "booking" add constraint "booking_seat_fk" foreign key ("seat_id") references "seat" ("id");`,
    );

    this.addSql(
      `alter table "payment" add constraint "payment_booking_fk" foreign key ("booking_id") references "booking" ("id");`,
    );
    this.addSql(
      `alter table "payment" add constraint "payment_user_fk" foreign key ("user_id") references "app_user" ("id");`,
    );
    this.addSql(
      `alter table "payment" add constraint "payment_seat_fk" foreign key ("seat_id") references "seat" ("id");`,
    );
  }
}
