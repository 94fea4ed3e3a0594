import { Migration } from '@mikro-orm/migrations';

/** The performances to come of all concerts: the index, without a transaction, so that nobody waits. */
export class Migration20261129100100 extends Migration {
  override name = 'Migration20261129100100';

  override isTransactional(): boolean {
    return false;
  }

  override up(): void | Promise<void> {
    // An index that broke off is there and not valid: it is built anew.
    this.addSql(`drop index concurrently if exists "schedule_by_start";`);
    this.addSql(
      `create index concurrently "schedule_by_start" on "schedule" ("start_at", "concert_id", "id");`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index concurrently if exists "schedule_by_start";`);
  }
}
