import { Migration } from '@mikro-orm/migrations';

/** The operators' log. What operators did before is taken from the receipts that are still kept, without how it was before. */
export class Migration20261127180000 extends Migration {
  override name = 'Migration20261127180000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "operator_log" ("id" bigint generated always as identity not null primary key, "user_id" bigint not null, "command" varchar(40) not null, "job_id" varchar(64) not null, "reason" varchar(200) null, "before" jsonb null, "after" jsonb not null, "created_at" timestamptz not null);`,
    );
    this.addSql(
      `insert into "operator_log" ("user_id", "command", "job_id", "after", "created_at") select "user_id", "command", "lane" || '_' || "id", "result", "finished_at" from "command_receipt" where "state" = 'succeeded' and "command" in ('announce-draw', 'block-seats', 'create-concert', 'create-queue', 'create-schedule', 'register-webhook', 'release-seats', 'remove-webhook', 'set-admission') order by "finished_at", "id";`,
    );
    this.addSql(
      `alter table "operator_log" add constraint "operator_log_one_per_job" unique ("job_id");`,
    );
    this.addSql(
      `alter table "operator_log" add constraint "operator_log_user_fk" foreign key ("user_id") references "app_user" ("id");`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table "operator_log";`);
  }
}
