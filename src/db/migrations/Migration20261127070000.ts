import { Migration } from '@mikro-orm/migrations';

/** Indexes are built without a transaction, so that nobody waits for them (docs/operations.md). */
export class Migration20261127070000 extends Migration {
  override name = 'Migration20261127070000';

  override isTransactional(): boolean {
    return false;
  }

  override up(): void | Promise<void> {
    this.#replaceIndex(
      'booking_by_user_and_time',
      `on "booking" ("user_id", "created_at" DESC, "id" DESC)`,
    );
    this.#replaceIndex(
      'booking_by_user_state_and_time',
      `on "booking" ("user_id", "state", "created_at" DESC, "id" DESC)`,
    );
    this.#replaceIndex(
      'schedule_by_concert_and_start',
      `on "schedule" ("concert_id", "start_at", "id")`,
    );
    this.#replaceIndex(
      'seat_blocked_by_schedule',
      `on "seat" ("schedule_id", "id") where blocked_reason is not null`,
    );
    // What it served, booking_by_user_and_time serves too, for processes of the version before as well.
    this.addSql(`drop index concurrently if exists "booking_by_user_newest";`);
  }

  override down(): void | Promise<void> {
    this.#replaceIndex('booking_by_user_newest', `on "booking" ("user_id", "id" DESC)`);
    for (const name of [
      'seat_blocked_by_schedule',
      'schedule_by_concert_and_start',
      'booking_by_user_state_and_time',
      'booking_by_user_and_time',
    ]) {
      this.addSql(`drop index concurrently if exists "${name}";`);
    }
  }

  /** An index that broke off is there and not valid: it is built anew. */
  #replaceIndex(name: string, definition: string): void {
    this.addSql(`drop index concurrently if exists "${name}";`);
    this.addSql(`create index concurrently "${name}" ${definition};`);
  }
}
