import { Migration } from '@mikro-orm/migrations';

/**
 * Many waiting queues. The one queue becomes queue 1, the house queue, and its counts move to `queue_numbering`. The id of an
 * old entry is its number, and the id of an old draw that of its concert, so that orders, queue tokens and entries that name
 * them stay as they are. `queue_entry` is rewritten once, for its id.
 */
export class Migration20261127150000 extends Migration {
  override name = 'Migration20261127150000';

  override up(): void | Promise<void> {
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
      `create table "queue_numbering" ("queue_id" smallint not null, "last_number" bigint not null default '0', "added" bigint not null default '0', "removed" bigint not null default '0', primary key ("queue_id"));`,
    );
    this.addSql(
      `insert into "queue_numbering" ("queue_id", "last_number", "added") select "id", "last_number", "waiting" from "waiting_queue";`,
    );
    this.addSql(`alter table "waiting_queue" drop constraint "waiting_queue_one_row";`);
    this.addSql(
      `alter table "waiting_queue" drop constraint "waiting_queue_waiting_not_negative";`,
    );
    this.addSql(
      `alter table "waiting_queue" drop column "waiting", drop column "last_number", add "name" varchar(200) not null default 'The house queue', add "created_at" timestamptz not null default now(), add "removed" bigint not null default '0';`,
    );
    this.addSql(
      `alter table "waiting_queue" alter column "name" drop default, alter column "created_at" drop default, alter column "id" add generated always as identity (start with 2);`,
    );
    this.addSql(
      `alter table "waiting_queue" add constraint "waiting_queue_removed_not_negative" check (removed >= 0);`,
    );
    this.addSql(
      `alter table "queue_numbering" add constraint "queue_numbering_queue_fk" foreign key ("queue_id") references "waiting_queue" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "queue_numbering" add constraint "queue_numbering_removes_added" check (removed >= 0 and removed <= added);`,
    );

    this.addSql(`drop index "queue_entry_active_by_expiry";`);
    this.addSql(`drop index "queue_entry_one_open_per_user";`);
    this.addSql(`drop index "queue_entry_waiting_by_number";`);
    this.addSql(`drop index "queue_entry_by_admission";`);
    this.addSql(`alter table "queue_entry" drop constraint "queue_entry_pkey";`);
    this.addSql(
      `alter table "queue_entry" add "id" bigint generated always as (number) stored, add "queue_id" smallint not null default 1;`,
    );
    this.addSql(
      `alter table "queue_entry" alter column "id" drop expression, alter column "id" set not null, alter column "queue_id" drop default;`,
    );
    this.addSql(`alter table "queue_entry" rename column "drawn_for" to "draw_id";`);
    this.addSql(`alter table "queue_entry" add primary key ("id");`);
    this.addSql(`alter table "queue_entry" add constraint "queue_entry_has_id" check (id > 0);`);
    this.addSql(
      `create unique index "queue_entry_one_open_per_user_and_queue" on "queue_entry" ("user_id", "queue_id") where state in ('waiting', 'active');`,
    );
    this.addSql(
      `create unique index "queue_entry_one_waiting_per_number" on "queue_entry" ("queue_id", "number") where state = 'waiting';`,
    );
    this.addSql(
      `create index "queue_entry_active_by_queue" on "queue_entry" ("queue_id", "expires_at") where state = 'active';`,
    );
    this.addSql(
      `create index "queue_entry_by_admission" on "queue_entry" ("queue_id", "admitted_at") where admitted_at is not null;`,
    );

    this.addSql(`alter table "app_order" rename column "entry_number" to "entry_id";`);

    this.addSql(`alter table "concert" add "queue_id" smallint not null default 1;`);
    this.addSql(
      `alter table "concert" add constraint "concert_queue_fk" foreign key ("queue_id") references "waiting_queue" ("id");`,
    );
    this.addSql(`create index "concert_by_queue" on "concert" ("queue_id", "id");`);
    this.addSql(`create index "schedule_by_booking_end" on "schedule" ("booking_end_at");`);

    this.addSql(
      `alter table "draw" drop constraint "draw_concert_fk", drop constraint "draw_pkey", add "id" bigint generated always as (concert_id) stored, add "queue_id" smallint not null default 1;`,
    );
    this.addSql(
      `alter table "draw" alter column "id" drop expression, alter column "id" set not null, alter column "queue_id" drop default;`,
    );
    this.addSql(
      `alter table "draw" alter column "id" add generated always as identity, add primary key ("id");`,
    );
    this.addSql(
      `select setval('draw_id_seq', (select max(id) from draw)) where exists (select from draw);`,
    );
    this.addSql(
      `alter table "draw" add constraint "draw_queue_fk" foreign key ("queue_id") references "waiting_queue" ("id");`,
    );
    this.addSql(
      `alter table "draw" add constraint "draw_concert_fk" foreign key ("concert_id") references "concert" ("id");`,
    );
    this.addSql(
      `create index "draw_pending_by_queue" on "draw" ("queue_id", "gathers_at") where drawn_at is null;`,
    );
    this.addSql(
      `alter table "draw" add constraint "draw_one_per_concert_and_queue" unique ("concert_id", "queue_id");`,
    );
  }
}
