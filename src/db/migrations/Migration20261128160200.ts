import { Migration } from '@mikro-orm/migrations';

/** A card payment is credited and used by one command, so a command may change points more than once, but once of each kind. */
export class Migration20261128160200 extends Migration {
  override name = 'Migration20261128160200';

  override up(): void | Promise<void> {
    this.addSql(
      `alter table "point_history" add constraint "point_history_one_per_job_and_kind" unique using index "point_history_one_per_job_and_kind";`,
    );
    this.addSql(`alter table "point_history" drop constraint "point_history_one_per_job";`);
  }

  override down(): void | Promise<void> {
    this.addSql(
      `alter table "point_history" add constraint "point_history_one_per_job" unique ("job_id");`,
    );
    this.addSql(
      `alter table "point_history" drop constraint "point_history_one_per_job_and_kind";`,
    );
  }
}
