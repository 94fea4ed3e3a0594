import { Migration } from '@mikro-orm/migrations';

/** The uses of tickets. The tickets themselves are the paid bookings, so that nothing else changes. */
export class Migration20261128120000 extends Migration {
  override name = 'Migration20261128120000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "check_in" ("booking_id" bigint not null, "schedule_id" bigint not null, "gate" varchar(60) not null, "user_id" bigint not null, "job_id" varchar(64) not null, "at" timestamptz not null, primary key ("booking_id"));`,
    );
    this.addSql(`create index "check_in_by_schedule" on "check_in" ("schedule_id");`);
    this.addSql(
      `alter table "check_in" add constraint "check_in_booking_fk" foreign key ("booking_id") references "booking" ("id");`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`drop table "check_in";`);
  }
}
