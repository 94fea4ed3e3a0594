import { Migration } from '@mikro-orm/migrations';

/** The index of the orders by performance, and the check of older schedules: without a transaction, so that nobody waits. */
export class Migration20261128130100 extends Migration {
  override name = 'Migration20261128130100';

  override isTransactional(): boolean {
    return false;
  }

  override up(): void | Promise<void> {
    // An index that broke off is there and not valid: it is built anew.
    this.addSql(`drop index concurrently if exists "app_order_by_schedule";`);
    this.addSql(
      `create index concurrently "app_order_by_schedule" on "app_order" ("schedule_id", "id");`,
    );
    this.addSql(`alter table "schedule" validate constraint "schedule_cancelled_has_reason";`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index concurrently if exists "app_order_by_schedule";`);
  }
}
