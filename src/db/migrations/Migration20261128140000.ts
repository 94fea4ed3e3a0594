import { Migration } from '@mikro-orm/migrations';

/**
 * Orders and lines of the point history no longer refer to their user by a foreign key: each is written together with a row
 * whose key names the same user.
 */
export class Migration20261128140000 extends Migration {
  override name = 'Migration20261128140000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "app_order" drop constraint "app_order_user_fk";`);
    this.addSql(`alter table "point_history" drop constraint "point_history_user_fk";`);
  }

  override down(): void | Promise<void> {
    this.addSql(
      `alter table "point_history" add constraint "point_history_user_fk" foreign key ("user_id") references "app_user" ("id");`,
    );
    this.addSql(
      `alter table "app_order" add constraint "app_order_user_fk" foreign key ("user_id") references "app_user" ("id");`,
    );
  }
}
