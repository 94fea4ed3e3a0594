import { Migration } from '@mikro-orm/migrations';

/** Operators can close the sale of one performance, as they can that of a concert. */
export class Migration20261129160000 extends Migration {
  override name = 'Migration20261129160000';

  override up(): void | Promise<void> {
    this.addSql(
      `alter table "schedule" add "closed_at" timestamptz null, add "close_reason" varchar(200) null;`,
    );
    this.addSql(
      `alter table "schedule" add constraint "schedule_closed_has_reason" check ((closed_at is null) = (close_reason is null));`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(
      `alter table "schedule" drop constraint "schedule_closed_has_reason", drop column "closed_at", drop column "close_reason";`,
    );
  }
}
