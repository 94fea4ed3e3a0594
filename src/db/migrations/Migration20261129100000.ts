import { Migration } from '@mikro-orm/migrations';

/** Concerts have a place, a time zone and a picture and can be closed; performances show their prices. */
export class Migration20261129100000 extends Migration {
  override name = 'Migration20261129100000';

  override up(): void | Promise<void> {
    this.addSql(
      `alter table "concert" add "venue" varchar(200) null, add "time_zone" varchar(60) not null default 'UTC', add "image_hash" varchar(43) null, add "closed_at" timestamptz null, add "close_reason" varchar(200) null;`,
    );
    this.addSql(
      `alter table "concert" add constraint "concert_closed_has_reason" check ((closed_at is null) = (close_reason is null));`,
    );
    this.addSql(
      `create table "concert_image" ("concert_id" bigint not null, "hash" varchar(43) not null, "type" text not null, "bytes" bytea not null, primary key ("concert_id"));`,
    );
    this.addSql(
      `alter table "concert_image" add constraint "concert_image_type_known" check (type in ('image/jpeg', 'image/png', 'image/webp'));`,
    );
    this.addSql(
      `alter table "concert_image" add constraint "concert_image_small" check (octet_length(bytes) between 1 and 153600);`,
    );
    this.addSql(
      `alter table "concert_image" add constraint "concert_image_concert_fk" foreign key ("concert_id") references "concert" ("id") on delete no action;`,
    );
    this.addSql(`alter table "schedule" add "price_from" int null, add "price_to" int null;`);
    // A row from before `schedule_booking_ends_by_start` may violate it, and cannot be updated. Its prices stay null.
    this.addSql(
      `update "schedule" set "price_from" = "lowest", "price_to" = "highest" from (select "schedule_id", min("price") as "lowest", max("price") as "highest" from (select "schedule_id", "price" from "seat" union all select "schedule_id", "price" from "area") as "places" group by "schedule_id") as "prices" where "schedule"."id" = "prices"."schedule_id" and "booking_end_at" <= "start_at";`,
    );
    this.addSql(
      `alter table "schedule" add constraint "schedule_prices_forward" check ((price_from is null) = (price_to is null) and (price_from is null or price_from between 0 and price_to));`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(
      `alter table "schedule" drop constraint "schedule_prices_forward", drop column "price_from", drop column "price_to";`,
    );
    this.addSql(`drop table "concert_image";`);
    this.addSql(
      `alter table "concert" drop constraint "concert_closed_has_reason", drop column "venue", drop column "time_zone", drop column "image_hash", drop column "closed_at", drop column "close_reason";`,
    );
  }
}
