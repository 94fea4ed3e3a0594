import { Migration } from '@mikro-orm/migrations';

/** The index of the line, and the checks of older entries: without a transaction, so that nobody waits for them. */
export class Migration20261127190100 extends Migration {
  override name = 'Migration20261127190100';

  override isTransactional(): boolean {
    return false;
  }

  override up(): void | Promise<void> {
    // An index that broke off is there and not valid: it is built anew.
    this.addSql(`drop index concurrently if exists "queue_entry_line";`);
    this.addSql(
      `create index concurrently "queue_entry_line" on "queue_entry" ("queue_id", "number") where (case when state = 'waiting' and skipped_at is null then true else false end);`,
    );
    this.addSql(`drop index concurrently if exists "queue_entry_ended_waiting_by_user";`);
    this.addSql(
      `create index concurrently "queue_entry_ended_waiting_by_user" on "queue_entry" ("user_id", "queue_id", "ended_at") where end_reason in ('away', 'sold-out', 'closed');`,
    );
    this.addSql(`alter table "queue_entry" validate constraint "queue_entry_end_reason_check";`);
    this.addSql(`alter table "queue_entry" validate constraint "queue_entry_active_not_skipped";`);
    this.addSql(
      `alter table "queue_entry" validate constraint "queue_entry_waiting_end_not_admitted";`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index concurrently if exists "queue_entry_ended_waiting_by_user";`);
    this.addSql(`drop index concurrently if exists "queue_entry_line";`);
  }
}
