import { Migration } from '@mikro-orm/migrations';

/** Scans of gates without a network: when they happened, and those that were refused too late. */
export class Migration20261129130000 extends Migration {
  override name = 'Migration20261129130000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "check_in" add "scanned_at" timestamptz null;`);
    this.addSql(
      `create table "refused_scan" ("id" bigint generated always as identity not null primary key, "schedule_id" bigint not null, "ticket_id" bigint not null, "gate" varchar(60) not null, "user_id" bigint not null, "job_id" varchar(64) not null, "reason" varchar(40) not null, "used_at" timestamptz null, "used_gate" varchar(60) null, "scanned_at" timestamptz not null, "at" timestamptz not null);`,
    );
    this.addSql(`create index "refused_scan_by_schedule" on "refused_scan" ("schedule_id", "id");`);
    this.addSql(
      `alter table "refused_scan" add constraint "refused_scan_one_per_job" unique ("job_id");`,
    );
    this.addSql(
      `alter table "refused_scan" add constraint "refused_scan_user_fk" foreign key ("user_id") references "app_user" ("id");`,
    );
    this.addSql(
      `alter table "refused_scan" add constraint "refused_scan_use_is_whole" check ((used_at is null) = (used_gate is null));`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table "refused_scan";`);
    this.addSql(`alter table "check_in" drop column "scanned_at";`);
  }
}
