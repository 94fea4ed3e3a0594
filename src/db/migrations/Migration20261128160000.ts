import { Migration } from '@mikro-orm/migrations';

/** Card payments and their refunds. */
export class Migration20261128160000 extends Migration {
  override name = 'Migration20261128160000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "checkout" ("id" bigint generated always as identity not null primary key, "user_id" bigint not null, "order_id" bigint null, "provider" text not null, "amount" bigint not null, "currency" varchar(3) not null, "state" text not null, "return_url" varchar(2000) not null, "provider_ref" text null, "redirect_url" text null, "failure" text null, "expires_at" timestamptz not null, "look_at" timestamptz null, "looks" int not null default 0, "captured" bigint not null default '0', "refunding" bigint not null default '0', "refunded" bigint not null default '0', "paid_at" timestamptz null, "settled_job_id" varchar(64) null, "settled_at" timestamptz null, "created_at" timestamptz not null, "job_id" varchar(64) not null);`,
    );
    this.addSql(
      `create index "checkout_due" on "checkout" ("look_at", "id") where look_at is not null;`,
    );
    this.addSql(`create index "checkout_by_order" on "checkout" ("order_id", "id");`);
    this.addSql(
      `create index "checkout_by_user_and_time" on "checkout" ("user_id", "created_at");`,
    );
    this.addSql(
      `create unique index "checkout_one_open_per_order" on "checkout" ("order_id") where state in ('opening', 'open');`,
    );
    this.addSql(
      `create unique index "checkout_one_payer_per_order" on "checkout" ("order_id") where paid_at is not null;`,
    );
    this.addSql(
      `create unique index "checkout_one_per_provider_ref" on "checkout" ("provider", "provider_ref") where provider_ref is not null;`,
    );
    this.addSql(
      `create table "card_refund" ("id" bigint generated always as identity not null primary key, "checkout_id" bigint not null, "payment_id" bigint null, "amount" bigint not null, "state" text not null, "attempt" int not null default 1, "failure" text null, "provider_ref" text null, "job_id" varchar(64) not null, "created_at" timestamptz not null, "ended_at" timestamptz null);`,
    );
    this.addSql(`create index "card_refund_by_checkout" on "card_refund" ("checkout_id", "id");`);
    this.addSql(`create index "card_refund_by_state" on "card_refund" ("state", "id");`);
    this.addSql(
      `alter table "card_refund" add constraint "card_refund_one_per_payment" unique ("payment_id");`,
    );
    this.addSql(
      `alter table "card_refund" add constraint "card_refund_one_per_job_and_checkout" unique ("job_id", "checkout_id");`,
    );
    this.addSql(
      `alter table "checkout" add constraint "checkout_user_fk" foreign key ("user_id") references "app_user" ("id");`,
    );
    this.addSql(
      `alter table "checkout" add constraint "checkout_order_fk" foreign key ("order_id") references "app_order" ("id") on update cascade on delete no action;`,
    );
    this.addSql(
      `alter table "checkout" add constraint "checkout_refunds_fit_capture" check (refunding >= 0 and refunded >= 0 and refunding + refunded <= captured);`,
    );
    this.addSql(
      `alter table "checkout" add constraint "checkout_captured_is_settled" check ((captured > 0) = (settled_job_id is not null) and (captured > 0) = (settled_at is not null) and (captured > 0) = (state in ('paid', 'credited', 'refunding', 'refunded')));`,
    );
    this.addSql(
      `alter table "checkout" add constraint "checkout_live_is_looked_at" check ((state in ('opening', 'open')) = (look_at is not null));`,
    );
    this.addSql(
      `alter table "checkout" add constraint "checkout_payer_has_order" check (paid_at is null or (order_id is not null and captured = amount));`,
    );
    this.addSql(
      `alter table "checkout" add constraint "checkout_amount_positive" check (amount > 0 and captured >= 0);`,
    );
    this.addSql(
      `alter table "checkout" add constraint "checkout_state_check" check ("state" in ('opening', 'open', 'paid', 'credited', 'failed', 'expired', 'refunding', 'refunded'));`,
    );
    this.addSql(
      `alter table "card_refund" add constraint "card_refund_checkout_fk" foreign key ("checkout_id") references "checkout" ("id");`,
    );
    this.addSql(
      `alter table "card_refund" add constraint "card_refund_amount_positive" check (amount > 0);`,
    );
    this.addSql(
      `alter table "card_refund" add constraint "card_refund_ended_has_time" check ((state in ('done', 'credited', 'elsewhere')) = (ended_at is not null));`,
    );
    this.addSql(
      `alter table "card_refund" add constraint "card_refund_state_check" check ("state" in ('pending', 'done', 'failed', 'credited', 'elsewhere'));`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`do $$ begin
      if exists (select from checkout where captured > refunded)
      then raise exception 'There are card payments, which the version before cannot refund.';
      end if; end $$;`);
    this.addSql(`drop table "card_refund";`);
    this.addSql(`drop table "checkout";`);
  }
}
