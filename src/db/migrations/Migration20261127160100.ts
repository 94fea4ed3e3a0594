import { Migration } from '@mikro-orm/migrations';

/** The index of held places of areas, and the checks of older bookings: without a transaction, so that nobody waits for them. */
export class Migration20261127160100 extends Migration {
  override name = 'Migration20261127160100';

  override isTransactional(): boolean {
    return false;
  }

  override up(): void | Promise<void> {
    // An index that broke off is there and not valid: it is built anew.
    this.addSql(`drop index concurrently if exists "booking_held_by_area";`);
    this.addSql(
      `create index concurrently "booking_held_by_area" on "booking" ("area_id", "area_held_until", "id") where live_state = 'held' and area_id is not null;`,
    );
    this.addSql(`alter table "booking" validate constraint "booking_of_one_place";`);
    this.addSql(`alter table "booking" validate constraint "booking_area_hold_has_end";`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index concurrently if exists "booking_held_by_area";`);
  }
}
