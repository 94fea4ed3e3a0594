import { Migration } from '@mikro-orm/migrations';

/** Finds the bookings of a seat that have ended. Built without a transaction, so that nobody waits. */
export class Migration20261129110100 extends Migration {
  override name = 'Migration20261129110100';

  override isTransactional(): boolean {
    return false;
  }

  override up(): void | Promise<void> {
    // An index that broke off is there and not valid: it is built anew.
    this.addSql(`drop index concurrently if exists "booking_ended_by_seat";`);
    this.addSql(
      `create index concurrently "booking_ended_by_seat" on "booking" ("seat_id", "id") where ended_as is not null and seat_id is not null;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index concurrently if exists "booking_ended_by_seat";`);
  }
}
