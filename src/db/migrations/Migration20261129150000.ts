import { Migration } from '@mikro-orm/migrations';

/** Calls that are due are found by kind: a mass refund must not be sorted to find the calls for which buyers wait. */
export class Migration20261129150000 extends Migration {
  override name = 'Migration20261129150000';

  override up(): void | Promise<void> {
    this.addSql(
      `create index "outbox_call_due" on "outbox_call" ("next_at", "id") where kind <> 'refund';`,
    );
    this.addSql(
      `create index "outbox_refund_due" on "outbox_call" ("next_at", "id") where kind = 'refund';`,
    );
    this.addSql(`drop index "outbox_call_by_next";`);
  }

  override down(): void | Promise<void> {
    this.addSql(`create index "outbox_call_by_next" on "outbox_call" ("next_at", "id");`);
    this.addSql(`drop index "outbox_refund_due";`);
    this.addSql(`drop index "outbox_call_due";`);
  }
}
