/** What an API process has for card payments: the providers that are on, the events, the waits for payment pages. */
import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import type { ProviderName } from '../../commands/schemas/checkouts.ts';
import type { Database } from '../../db/connection/orm.ts';
import { CheckoutReader, findRefundJob } from '../../db/reads/money/checkouts.ts';
import type { Backlog } from '../../lanes/backlog.ts';
import type { LaneProducer } from '../../lanes/lane-queue.ts';
import type { LaneCounts } from '../../lanes/lanes.ts';
import { SystemCommands } from '../../lanes/system-commands.ts';
import { CheckoutWaits } from '../jobs/checkout-waits.ts';
import { chooseProvider } from './choose-provider.ts';
import { EventBodies } from './event-bodies.ts';
import { ProviderEvents } from './provider-events.ts';
import { type EventReaders, type ReaderSettings, readersOf } from './readers.ts';
import { demandReturnUrl } from './return-url.ts';

export interface PaymentSettings extends ReaderSettings {
  /** Origins to which buyers may return; `http://localhost:*` is any port of this machine. */
  readonly returnOrigins: readonly string[];
  /** Whether every user may add points without money. */
  readonly openCharging: boolean;
  /** ISO 4217. */
  readonly currency: string;
}

export interface PaymentsDeps {
  orm: Database;
  config: LaneCounts & { readonly payments: PaymentSettings; readonly trustedProxies: number };
  producer: Pick<LaneProducer, 'add'>;
  backlog: Backlog;
  registry: Registry;
  /** In ms since 1970, by PostgreSQL's clock. */
  now(): EpochMs;
  log: Logger;
}

export class Payments {
  readonly settings: PaymentSettings;
  readonly checkouts: CheckoutReader;
  readonly waits: CheckoutWaits;
  readonly events: ProviderEvents;
  readonly eventBodies: EventBodies;
  readonly #readers: EventReaders;

  constructor({ orm, config, producer, registry, ...deps }: PaymentsDeps) {
    this.settings = config.payments;
    this.#readers = readersOf(config.payments);
    this.eventBodies = new EventBodies(this.#readers, config.trustedProxies);
    this.checkouts = new CheckoutReader(orm);
    this.waits = new CheckoutWaits((checkoutId) => this.checkouts.find(checkoutId));
    const unknown = new Counter({
      name: 'seatlane_payments_unknown_total',
      help: 'Events of payment providers about payments that the database does not know.',
      registers: [registry],
    });
    this.events = new ProviderEvents({
      ...deps,
      readers: this.#readers,
      checkouts: this.checkouts,
      findRefundJob: (refundId) => findRefundJob(orm, refundId),
      commands: new SystemCommands(producer, config),
      counts: config,
      countUnknown: () => unknown.inc(),
    });
  }

  /** Whether a provider is on. */
  get isOn(): boolean {
    return this.#readers.size > 0;
  }

  /**
   * The provider to pay at.
   * @param wanted the name that the client gave
   * @throws Problem PROVIDER_NOT_FOUND
   */
  providerFor(wanted: string | undefined): ProviderName {
    return chooseProvider(this.#readers, wanted);
  }

  /** The address of the buyer's return in its normal form. @throws Problem VALIDATION_FAILED if its origin is not allowed */
  returnUrl(given: string): string {
    return demandReturnUrl(given, this.settings.returnOrigins);
  }
}
