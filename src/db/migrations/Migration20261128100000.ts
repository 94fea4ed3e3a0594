import { Migration } from '@mikro-orm/migrations';

/** Calls to payment providers that are owed. */
export class Migration20261128100000 extends Migration {
  override name = 'Migration20261128100000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "outbox_call" ("id" bigint generated always as identity not null primary key, "kind" text not null, "checkout_id" bigint not null, "refund_id" bigint not null default '0', "next_at" timestamptz not null, "offers" int not null default 0, "created_at" timestamptz not null);`,
    );
    this.addSql(`create index "outbox_call_by_next" on "outbox_call" ("next_at", "id");`);
    this.addSql(
      `alter table "outbox_call" add constraint "outbox_one_call_per_purpose" unique ("checkout_id", "kind", "refund_id");`,
    );
    this.addSql(
      `alter table "outbox_call" add constraint "outbox_refund_names_refund" check ((kind = 'refund') = (refund_id > 0));`,
    );
    this.addSql(
      `alter table "outbox_call" add constraint "outbox_call_kind_check" check ("kind" in ('open', 'look', 'refund'));`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table if exists "outbox_call" cascade;`);
  }
}
