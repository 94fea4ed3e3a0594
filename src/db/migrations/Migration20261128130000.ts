import { Migration } from '@mikro-orm/migrations';

/** Cancelled performances: when and why, and how far their orders have been ended. */
export class Migration20261128130000 extends Migration {
  override name = 'Migration20261128130000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "cancellation" ("schedule_id" bigint not null, "pass" int not null default 1, "cursor_id" bigint not null default 0, "is_checking" boolean not null default false, "tried_pass" int not null default 0, "next_at" timestamptz null, "created_at" timestamptz not null, primary key ("schedule_id"));`,
    );
    this.addSql(
      `create index "cancellation_due" on "cancellation" ("next_at") where next_at is not null;`,
    );
    this.addSql(
      `alter table "cancellation" add constraint "cancellation_pass_positive" check (pass > 0);`,
    );
    this.addSql(
      `create table "cancellation_failure" ("order_id" bigint not null, "schedule_id" bigint not null, "pass" int not null, "failed_at" timestamptz not null, primary key ("order_id"));`,
    );
    this.addSql(
      `create index "cancellation_failure_by_schedule" on "cancellation_failure" ("schedule_id", "order_id");`,
    );
    // Last, because all batches read this table, and wait while it is locked.
    this.addSql(
      `alter table "schedule" add "cancelled_at" timestamptz null, add "cancel_reason" varchar(200) null;`,
    );
    // The rows that are there have neither.
    this.addSql(
      `alter table "schedule" add constraint "schedule_cancelled_has_reason" check ((cancelled_at is null) = (cancel_reason is null)) not valid;`,
    );
    this.addSql(
      `alter table "cancellation" add constraint "cancellation_schedule_fk" foreign key ("schedule_id") references "schedule" ("id") on update cascade on delete no action;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`do $$ begin
      if exists (select from schedule where cancelled_at is not null)
      then raise exception 'There are cancelled performances, which the version before would sell.';
      end if; end $$;`);
    this.addSql(`drop table "cancellation_failure";`);
    this.addSql(`drop table "cancellation";`);
    this.addSql(`alter table "schedule" drop constraint "schedule_cancelled_has_reason";`);
    this.addSql(`alter table "schedule" drop column "cancelled_at", drop column "cancel_reason";`);
  }
}
