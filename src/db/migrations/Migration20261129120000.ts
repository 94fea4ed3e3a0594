import { Migration } from '@mikro-orm/migrations';

/** Halls with versions that never change, schedules made from them, and accessible seats. */
export class Migration20261129120000 extends Migration {
  override name = 'Migration20261129120000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "hall" ("id" bigint generated always as identity not null primary key, "name" varchar(200) not null, "version" int not null, "created_at" timestamptz not null);`,
    );
    this.addSql(`alter table "hall" add constraint "hall_newest_positive" check (version > 0);`);
    this.addSql(
      `create table "hall_version" ("hall_id" bigint not null, "version" int not null, "plan" jsonb not null, "seat_count" int not null, "job_id" varchar(64) not null, "created_at" timestamptz not null, primary key ("hall_id", "version"));`,
    );
    this.addSql(
      `alter table "hall_version" add constraint "hall_version_positive" check (version > 0);`,
    );
    this.addSql(
      `alter table "hall_version" add constraint "hall_version_seats_in_range" check (seat_count between 0 and 50000);`,
    );
    this.addSql(
      `alter table "hall_version" add constraint "hall_version_hall_fk" foreign key ("hall_id") references "hall" ("id");`,
    );
    this.addSql(`create function refuse_hall_change() returns trigger language plpgsql as $$ begin
      raise exception 'changing a saved version of a hall violates the constraint "hall_version_never_changes"'
        using errcode = 'restrict_violation', constraint = 'hall_version_never_changes', table = 'hall_version';
      end $$;`);
    this.addSql(
      `create trigger hall_version_never_changes before update or delete on hall_version for each row execute function refuse_hall_change();`,
    );
    // Last, because all batches read these tables, and wait while they are locked. The rows that are there have none of it.
    this.addSql(
      `alter table "seat" add "category" smallint null, add "kind" smallint not null default 0;`,
    );
    this.addSql(
      `alter table "seat" add constraint "seat_category_not_negative" check (category >= 0) not valid;`,
    );
    this.addSql(
      `alter table "seat" add constraint "seat_kind_known" check (kind between 0 and 2) not valid;`,
    );
    this.addSql(
      `alter table "schedule" add "hall_id" bigint null, add "hall_version" int null, add "categories" jsonb null, add "accessible_until" timestamptz null;`,
    );
    this.addSql(
      `alter table "schedule" add constraint "schedule_accessible_has_hall" check (accessible_until is null or hall_id is not null) not valid;`,
    );
    this.addSql(
      `alter table "schedule" add constraint "schedule_hall_whole" check ((hall_id is null) = (hall_version is null) and (hall_id is null) = (categories is null)) not valid;`,
    );
    this.addSql(
      `alter table "schedule" add constraint "schedule_hall_fk" foreign key ("hall_id", "hall_version") references "hall_version" ("hall_id", "version") not valid;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`do $$ begin
      if exists (select from schedule where hall_id is not null)
      then raise exception 'There are schedules made from halls, whose reserved seats the version before would sell.';
      end if; end $$;`);
    this.addSql(`alter table "schedule" drop constraint "schedule_hall_fk";`);
    this.addSql(
      `alter table "schedule" drop constraint "schedule_hall_whole", drop constraint "schedule_accessible_has_hall";`,
    );
    this.addSql(
      `alter table "schedule" drop column "hall_id", drop column "hall_version", drop column "categories", drop column "accessible_until";`,
    );
    this.addSql(
      `alter table "seat" drop constraint "seat_kind_known", drop constraint "seat_category_not_negative";`,
    );
    this.addSql(`alter table "seat" drop column "category", drop column "kind";`);
    this.addSql(`drop table "hall_version";`);
    this.addSql(`drop function refuse_hall_change();`);
    this.addSql(`drop table "hall";`);
  }
}
