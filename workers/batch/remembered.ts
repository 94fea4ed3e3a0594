/** What a worker process remembers of rows that never change. After a failover it forgets them: the standby may lack the last ones. */
import type { Pool } from 'pg';
import { ScheduleRanges } from '../rows/best-seats/schedule-ranges.ts';
import { AreaUse } from './area-use.ts';
import { Users } from './users.ts';

export class Remembered {
  readonly users = new Users();
  readonly scheduleRanges = new ScheduleRanges();
  readonly areaUse: AreaUse;
  #newestWebhookId = 0;
  #isStale = false;

  constructor(areaUse = new AreaUse()) {
    this.areaUse = areaUse;
  }

  /** The highest id of a webhook that a batch has seen. Ids are given in the order of the commits. */
  get newestWebhookId(): number {
    return this.#newestWebhookId;
  }

  noteWebhook(webhookId: number): void {
    this.#newestWebhookId = Math.max(this.#newestWebhookId, webhookId);
  }

  /** Call this when PostgreSQL no longer has a row that was remembered, as after a failover. */
  forget(): void {
    this.users.forget();
    this.scheduleRanges.forget();
    this.areaUse.forget();
    this.#newestWebhookId = 0;
  }

  /** Watches the connections. After a failover, a standby that lacks the last rows assigns their ids to other ones. */
  follow(pool: Pool): void {
    pool.on('error', () => this.markStale());
    pool.on('connect', () => this.forgetIfStale());
  }

  /** Call this when a connection to PostgreSQL was lost: the next one may lead to a standby that lacks recent rows. */
  markStale(): void {
    this.#isStale = true;
  }

  /** Call this for each new connection to PostgreSQL. */
  forgetIfStale(): void {
    if (this.#isStale) this.forget();
    this.#isStale = false;
  }
}
