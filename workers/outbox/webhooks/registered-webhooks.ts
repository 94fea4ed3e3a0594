/** Caches the registered webhooks of a worker process. */
import type { Database } from '../../../src/db/connection/orm.ts';
import { listAllWebhooks, type WebhookView } from '../../../src/db/reads/webhooks.ts';

export interface RegisteredWebhooksDeps {
  orm: Database;
  /** The highest id of a webhook that a batch of this process has seen. */
  newestWebhookId(): number;
}

export class RegisteredWebhooks {
  readonly #deps: RegisteredWebhooksDeps;
  #webhooks: readonly WebhookView[] = [];
  #readsBegun = 0;
  /** The number of the read that the cached webhooks are from; 0 before the first. */
  #lastRead = 0;
  /** The newest webhook that a batch had seen when that read began. */
  #newestId = 0;

  constructor(deps: RegisteredWebhooksDeps) {
    this.#deps = deps;
  }

  /** Those of the last read. */
  get all(): readonly WebhookView[] {
    return this.#webhooks;
  }

  get isRead(): boolean {
    return this.#lastRead > 0;
  }

  async refresh(): Promise<void> {
    const newestId = this.#deps.newestWebhookId();
    this.#readsBegun += 1;
    const read = this.#readsBegun;
    const webhooks = await listAllWebhooks(this.#deps.orm);
    // A read that began earlier may end later.
    if (read < this.#lastRead) return;
    this.#webhooks = webhooks;
    this.#lastRead = read;
    this.#newestId = newestId;
  }

  /** Reads the webhooks if a batch has seen a newer one. A batch sees each webhook that was registered before its commands were accepted. */
  async refreshIfOlder(): Promise<void> {
    // Lower after a failover to a standby that lacked the newest.
    if (this.#deps.newestWebhookId() !== this.#newestId) await this.refresh();
  }
}
