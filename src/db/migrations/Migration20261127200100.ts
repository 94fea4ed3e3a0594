import { Migration } from '@mikro-orm/migrations';

/** The places of draws have a table of their own, so the index of drawn entries goes: without a transaction, so that nobody waits. */
export class Migration20261127200100 extends Migration {
  override name = 'Migration20261127200100';

  override isTransactional(): boolean {
    return false;
  }

  override up(): void | Promise<void> {
    this.addSql(`drop index concurrently if exists "queue_entry_drawn_by_number";`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index concurrently if exists "queue_entry_drawn_by_number";`);
    this.addSql(
      `create index concurrently "queue_entry_drawn_by_number" on "queue_entry" ("draw_id", "number") where draw_id is not null;`,
    );
  }
}
