/** A simulated viewer: follows the map of a performance by the client package, and looks at another one now and then. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Area, SeatChange } from '../../../src/client/index.ts';
import { Client, type ClientOptions } from './client.ts';
import { openSdk } from './sdk.ts';
import type { Performance, Shop } from './shop.ts';

const STAY_MS = 15_000;
/** How often a viewer knows the seats before it follows them. */
const KNOWING_SHARE = 0.5;

/** What a viewer sees of a performance. */
export interface ShownMap {
  scheduleId: number;
  /** By id; a seat that operators have blocked is `blocked`. */
  seats: Map<number, SeatChange['state'] | 'blocked'>;
  areas: Map<number, Area>;
}

export class Viewer extends Client {
  readonly #role: string;
  /** Undefined until it looks at a performance. */
  shown: ShownMap | undefined;

  constructor(shop: Shop, options: ClientOptions & { role: string }) {
    super(shop, options);
    this.#role = options.role;
  }

  /** Looks until the shop closes, and from then on for ever. */
  watch(): Promise<never> {
    return this.process.run(async () => {
      for (;;) await this.#look();
    });
  }

  async #look(): Promise<void> {
    const performance = this.#choose();
    const { scheduleId } = performance;
    const shown: ShownMap = { scheduleId, seats: new Map(), areas: new Map() };
    this.shown = shown;
    const leaving = new AbortController();
    const { signal } = leaving;
    void this.#leaveLater(leaving);
    const sdk = openSdk(this.shop, () => this.shop.tokenOf(this.subject, this.#role));
    const onAreas = (areas: readonly Area[]) => {
      for (const area of areas) shown.areas.set(area.id, area);
    };
    const seatIds = this.random.isTrue(KNOWING_SHARE) ? performance.seatIds : undefined;
    try {
      for await (const changes of sdk.seatChanges(scheduleId, { signal, onAreas, seatIds })) {
        this.#show(shown, changes);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #show({ seats }: ShownMap, changes: readonly SeatChange[]): void {
    for (const { seatId, state, isBlocked } of changes) {
      const name = isBlocked ? 'blocked' : state;
      seats.set(seatId, name);
      this.shop.onShown(seatId, name);
    }
  }

  async #leaveLater(leaving: AbortController): Promise<void> {
    await sleep(this.random.next() * STAY_MS);
    if (!this.shop.isClosing()) leaving.abort();
  }

  /** Most look at the newest. */
  #choose(): Performance {
    const { performances } = this.shop;
    const newest = performances.at(-1) as Performance;
    return this.random.isTrue(0.6) ? newest : this.random.of(performances.slice(-3));
  }
}
