import { Migration } from '@mikro-orm/migrations';

/**
 * A purchase writes fewer index entries and checks fewer foreign keys. The key of a booking's order also compares the user,
 * and the lists of all states and kinds are read by the index that has the state or kind before the time.
 */
export class Migration20261127140000 extends Migration {
  override name = 'Migration20261127140000';

  override up(): void | Promise<void> {
    this.addSql(
      `alter table "booking" drop constraint "booking_fits_order", drop constraint "booking_user_fk";`,
    );
    this.addSql(`alter table "app_order" drop constraint "app_order_by_live_state";`);
    this.addSql(
      `alter table "app_order" add constraint "app_order_by_live_state" unique ("id", "user_id", "live_state");`,
    );
    this.addSql(
      `alter table "booking" add constraint "booking_fits_order" foreign key ("order_id", "user_id", "live_state") references "app_order" ("id", "user_id", "live_state");`,
    );
    this.addSql(`alter table "payment" drop constraint "payment_user_fk";`);
    this.addSql(`drop index "booking_by_user_and_time";`);
    this.addSql(`drop index "app_order_by_user_and_time";`);
    this.addSql(`drop index "point_history_by_user_and_time";`);
  }
}
