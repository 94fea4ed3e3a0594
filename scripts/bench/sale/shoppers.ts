/** The admitted users of the large sale: starts each one's visit, keeps what they were told, and notes when a queue is sold out. */
import type { SalePlan } from '../../simulate/large/plan.ts';
import { buy, type UserView } from './buyer.ts';
import type { OpenQueue } from './halls.ts';
import type { LoadFigures } from './load/figures.ts';
import type { WireClient } from './load/wire-client.ts';
import type { Shop } from './payment.ts';
import { Session, type Tokens } from './session.ts';

export interface ShopperDeps {
  plan: SalePlan;
  queues: readonly OpenQueue[];
  client: WireClient;
  shop: Shop;
  figures: LoadFigures;
  random(): number;
}

export class Shoppers {
  readonly #deps: ShopperDeps;
  readonly #visits = new Set<Promise<void>>();
  readonly #paid: number[];
  readonly views: UserView[] = [];
  /** When the last place of each queue was paid, as its buyer saw it; in ms by `performance.now`. */
  readonly soldOutAt: (number | undefined)[];
  admitted = 0;

  constructor(deps: ShopperDeps) {
    this.#deps = deps;
    this.#paid = deps.queues.map(() => 0);
    this.soldOutAt = deps.queues.map(() => undefined);
  }

  /** How many visits have not ended. */
  get active(): number {
    return this.#visits.size;
  }

  get areAllSoldOut(): boolean {
    return this.soldOutAt.every((at) => at !== undefined);
  }

  /** @param queue its index */
  begin(user: number, queue: number, tokens: Tokens): void {
    const { client, figures, queues } = this.#deps;
    const sale = queues[queue];
    if (!sale) return;
    this.admitted += 1;
    const session = new Session(client, figures, user, tokens);
    const visit = buy(this.#deps, session, { user, queue, sale })
      .then((view) => this.#note(view))
      // The user has no view then, which the checks of the history find.
      .catch((error: unknown) => figures.count(`failed: ${(error as Error).message}`))
      .finally(() => this.#visits.delete(visit));
    this.#visits.add(visit);
  }

  #note(view: UserView): void {
    this.views.push(view);
    if (view.order !== 'paid') return;
    const paid = (this.#paid[view.queue] ?? 0) + view.quantity;
    this.#paid[view.queue] = paid;
    if (paid === this.#deps.queues[view.queue]?.places) {
      this.soldOutAt[view.queue] = performance.now();
    }
  }
}
