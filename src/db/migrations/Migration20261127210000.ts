import { Migration } from '@mikro-orm/migrations';

/** The last entry of a user is found also if it did not end while the user waited: without a transaction, so that nobody waits. */
export class Migration20261127210000 extends Migration {
  override name = 'Migration20261127210000';

  override isTransactional(): boolean {
    return false;
  }

  override up(): void | Promise<void> {
    // An index that broke off is there and not valid: it is built anew.
    this.addSql(`drop index concurrently if exists "queue_entry_ended_by_user";`);
    this.addSql(
      `create index concurrently "queue_entry_ended_by_user" on "queue_entry" ("user_id", "queue_id", "ended_at") where state = 'ended';`,
    );
    this.addSql(`drop index concurrently if exists "queue_entry_ended_waiting_by_user";`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index concurrently if exists "queue_entry_ended_waiting_by_user";`);
    this.addSql(
      `create index concurrently "queue_entry_ended_waiting_by_user" on "queue_entry" ("user_id", "queue_id", "ended_at") where end_reason in ('away', 'sold-out', 'closed');`,
    );
    this.addSql(`drop index concurrently if exists "queue_entry_ended_by_user";`);
  }
}
