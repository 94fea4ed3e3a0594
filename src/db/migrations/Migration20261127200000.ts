import { Migration } from '@mikro-orm/migrations';

/**
 * Draws that stay. Workers of the version before must not run: they would hold a draw without its places. The places of draws
 * that were held before are those of the entries that are still kept.
 */
export class Migration20261127200000 extends Migration {
  override name = 'Migration20261127200000';

  override up(): void | Promise<void> {
    // 1588002817 is the first key of the locks by which workers own lanes (src/db/lanes/lock-keys.ts).
    this.addSql(`do $$ begin
      if exists (select from pg_locks where locktype = 'advisory' and granted and objsubid = 2
        and classid = 1588002817 and database = (select oid from pg_database where datname = current_database()))
        or exists (select from pg_stat_activity
          where datname = current_database() and application_name = 'seatlane-worker')
      then raise exception 'Workers of the version before are running.'
        using errcode = 'object_in_use';
      end if; end $$;`);

    this.addSql(
      `create table "draw_place" ("draw_id" bigint not null, "number" bigint not null, "ticket" bigint not null, primary key ("draw_id", "number"));`,
    );
    this.addSql(
      `alter table "draw_place" add constraint "draw_place_number_above_ticket" check (number > ticket);`,
    );
    this.addSql(
      `alter table "draw_place" add constraint "draw_place_one_per_ticket" unique ("draw_id", "ticket");`,
    );
    this.addSql(
      `insert into "draw_place" select "draw_id", "number", "ticket" from "queue_entry" where draw_id is not null and ticket is not null;`,
    );

    this.addSql(`alter table "queue_entry" add "accepted_at" timestamptz null;`);
    this.addSql(`alter table "queue_numbering" add "draw_closed_at" timestamptz null;`);

    this.addSql(
      `alter table "draw" add "cancelled_at" timestamptz null, add "closed_at" timestamptz null, add "reserved" int null, add "tickets_hash" varchar(64) null, add "assign_from" bigint null, add "given_number" bigint null, add "late_from" bigint null, add "draws_all_waiting" boolean not null default false;`,
    );
    // It was announced when draws were of all who wait.
    this.addSql(`update "draw" set "draws_all_waiting" = true where drawn_at is null;`);
    this.addSql(
      `alter table "draw" add constraint "draw_closed_has_reserved" check ((closed_at is null) = (reserved is null));`,
    );
    this.addSql(
      `alter table "draw" add constraint "draw_cancelled_is_not_closed" check (cancelled_at is null or num_nonnulls(closed_at, drawn_at) = 0);`,
    );
    this.addSql(
      `alter table "draw" add constraint "draw_fits_reserved" check (places <= reserved and given_number < first_number + reserved);`,
    );
    this.addSql(`alter table "draw" drop constraint "draw_one_per_concert_and_queue";`);
    this.addSql(
      `create unique index "draw_one_per_concert_and_queue" on "draw" ("concert_id", "queue_id") where cancelled_at is null;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`do $$ begin
      if exists (select from draw where tickets_hash is not null or closed_at is not null or cancelled_at is not null)
      then raise exception 'There are draws that were held or cancelled in this version, which the version before does not know.';
      end if; end $$;`);
    this.addSql(`drop index "draw_one_per_concert_and_queue";`);
    this.addSql(
      `alter table "draw" add constraint "draw_one_per_concert_and_queue" unique ("concert_id", "queue_id");`,
    );
    this.addSql(
      `alter table "draw" drop constraint "draw_fits_reserved", drop constraint "draw_cancelled_is_not_closed", drop constraint "draw_closed_has_reserved";`,
    );
    this.addSql(
      `alter table "draw" drop column "cancelled_at", drop column "closed_at", drop column "reserved", drop column "tickets_hash", drop column "assign_from", drop column "given_number", drop column "late_from", drop column "draws_all_waiting";`,
    );
    this.addSql(`alter table "queue_numbering" drop column "draw_closed_at";`);
    this.addSql(`alter table "queue_entry" drop column "accepted_at";`);
    this.addSql(`drop table "draw_place";`);
  }
}
