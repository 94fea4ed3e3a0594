import { Migration } from '@mikro-orm/migrations';

/** The operators' log finds the lines of an order, and the calls to payment providers that are dead are found by index. */
export class Migration20261129110000 extends Migration {
  override name = 'Migration20261129110000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "operator_log" add "order_id" bigint null;`);
    this.addSql(
      `update "operator_log" set "order_id" = ("after" ->> (case when "command" = 'cancel-order-as-operator' then 'id' else 'orderId' end))::bigint where "command" in ('cancel-order-as-operator', 'end-refund', 'retry-refund');`,
    );
    this.addSql(
      `create index "operator_log_by_order" on "operator_log" ("order_id", "id") where order_id is not null;`,
    );
    this.addSql(`create index "outbox_call_dead" on "outbox_call" ("id") where offers >= 10;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`drop index "outbox_call_dead";`);
    this.addSql(`drop index "operator_log_by_order";`);
    this.addSql(`alter table "operator_log" drop column "order_id";`);
  }
}
