import { Migration } from '@mikro-orm/migrations';

/** A command may change points once of each kind: the index of the new constraint, without a transaction, so that nobody waits. */
export class Migration20261128160100 extends Migration {
  override name = 'Migration20261128160100';

  override isTransactional(): boolean {
    return false;
  }

  override up(): void | Promise<void> {
    // An index that broke off is there and not valid: it is built anew.
    this.addSql(`drop index concurrently if exists "point_history_one_per_job_and_kind";`);
    this.addSql(
      `create unique index concurrently "point_history_one_per_job_and_kind" on "point_history" ("job_id", "kind");`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index concurrently if exists "point_history_one_per_job_and_kind";`);
  }
}
