/** The listeners of a process's seat maps, and the rounds in which the schedules that they watch are refreshed. */
import type { WireEvent } from '../events/wire-event.ts';

const ROUND_EVERY_MS = 250;
/** How many schedules are refreshed at a time. More would take connections to PostgreSQL from requests. */
const REFRESHED_AT_ONCE = 2;

/** Receives the changes of a schedule. */
export interface Listener {
  send(event: WireEvent): void;
  /** Called when the process stops, or when the listener must reconnect. */
  end(): void;
  /** The listener is removed once this is true. */
  readonly isClosed: boolean;
}

export interface WatchDeps {
  /** Refreshes one schedule. After an error the next round tries it again. */
  refresh(scheduleId: number): Promise<unknown>;
  /** Refreshes what is read once for all schedules. After an error the next round tries it again. */
  beginRound(): Promise<unknown>;
  /** The last listener of a schedule was closed. */
  onLeft(scheduleId: number): void;
}

export class Listeners {
  readonly #deps: WatchDeps;
  readonly #listeners = new Map<number, Set<Listener>>();
  #timer: NodeJS.Timeout | undefined;
  #isRefreshing = false;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  add(scheduleId: number, listener: Listener): void {
    const listeners = this.#listeners.get(scheduleId) ?? new Set();
    this.#listeners.set(scheduleId, listeners.add(listener));
    this.#timer ??= setInterval(() => this.#round(), ROUND_EVERY_MS).unref();
  }

  /** @param makeEvent not called if nobody listens */
  broadcast(scheduleId: number, makeEvent: () => WireEvent): void {
    const listeners = this.#listeners.get(scheduleId);
    if (!listeners) return;
    const event = makeEvent();
    for (const listener of listeners) listener.send(event);
  }

  endAll(): void {
    for (const listeners of this.#listeners.values()) {
      for (const listener of listeners) listener.end();
    }
  }

  /** Begins no further round. */
  stop(): void {
    clearInterval(this.#timer);
    this.endAll();
  }

  /** Refreshes what is watched. A round that takes long is not overtaken by another one. */
  async #round(): Promise<void> {
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    try {
      this.#forgetClosed();
      await this.#deps.beginRound().catch(() => undefined);
      const watched = [...this.#listeners.keys()].values();
      const refreshing = Array.from({ length: REFRESHED_AT_ONCE }, async () => {
        for (const scheduleId of watched) {
          await this.#deps.refresh(scheduleId).catch(() => undefined);
        }
      });
      await Promise.all(refreshing);
    } finally {
      this.#isRefreshing = false;
    }
  }

  #forgetClosed(): void {
    for (const [scheduleId, listeners] of this.#listeners) {
      for (const listener of listeners) if (listener.isClosed) listeners.delete(listener);
      if (listeners.size > 0) continue;
      this.#listeners.delete(scheduleId);
      this.#deps.onLeft(scheduleId);
    }
  }
}
