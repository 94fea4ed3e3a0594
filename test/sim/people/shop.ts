/** What all people of a simulation know: the performances, the orders and codes that they talk about, and whom they tell. */
import type { SentCommands } from '../checks/sent-commands.ts';
import type { Network, SimResponse } from '../parts/network.ts';
import type { KeyCounts } from './key-counts.ts';

export interface Performance {
  scheduleId: number;
  seatIds: readonly number[];
  areaIds: readonly number[];
}

export interface SavedHall {
  id: number;
  /** The newest version of which its operator knows. */
  version: number;
}

export interface AnnouncedDraw {
  queueId: number;
  /** What those in the queue buy. */
  performance: Performance;
  /** In ms since 1970, as `opensAt`. */
  gathersAt: number;
  opensAt: number;
}

export interface Held {
  scheduleId: number;
  orderId: number;
  bookingIds: readonly number[];
}

export interface Shop {
  network: Network;
  /** The newest is the last. */
  performances: Performance[];
  hall: SavedHall | undefined;
  /** The newest draw. */
  draw: AnnouncedDraw | undefined;
  /** The last orders of anybody. */
  orders: Recent<Held>;
  /** The codes of tickets that may come to the entrance. */
  codes: Recent<{ scheduleId: number; code: string }>;
  keys: KeyCounts;
  sent: SentCommands;
  tokenOf(subject: string, role?: string): Promise<string>;
  /** Called with the outcome of each command that a client learns of. */
  onAnswer(jobId: string, answer: SimResponse): void;
  /** Called when a viewer shows a seat in another state. */
  onShown(seatId: number, state: string): void;
  /** Called if a client was answered what it must not be answered. */
  onWrong(sentence: string): void;
  /** Tells the partner how the messages of a webhook are signed. */
  tellSecret(webhookId: number, secret: string): void;
  /** The refunds to cards that have failed. */
  failedRefunds(): readonly number[];
  /** Whether money is on its way back to a card. */
  isRefunding(): boolean;
  isClosing(): boolean;
}

/** The last few of what was added. */
export class Recent<Item> {
  readonly items: Item[] = [];
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  add(item: Item): void {
    this.items.push(item);
    if (this.items.length > this.#max) this.items.shift();
  }
}
