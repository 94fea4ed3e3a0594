import { Migration } from '@mikro-orm/migrations';

export class Migration20261127020000 extends Migration {
  override name = 'Migration20261127020000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "booking" add "seat_limit" int null;`);

    // Performances made before may break it; it holds for every row that is written from now on.
    this.addSql(
      `alter table "schedule" add constraint "schedule_booking_ends_by_start" check (booking_end_at <= start_at) not valid;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "schedule" drop constraint "schedule_booking_ends_by_start";`);

    this.addSql(`alter table "booking" drop column "seat_limit";`);
  }
}
