import { Migration } from '@mikro-orm/migrations';

export class Migration20261127060000 extends Migration {
  override name = 'Migration20261127060000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "webhook" add "events" jsonb not null default '[]';`);

    this.addSql(
      `create table "webhook_event" ("id" bigint generated always as identity not null primary key, "name" varchar(40) not null, "user_id" bigint null, "data" jsonb not null, "happened_at" timestamptz not null);`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table "webhook_event";`);

    this.addSql(`alter table "webhook" drop column "events";`);
  }
}
