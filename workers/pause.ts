/** Pauses that can be cut short. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the time has passed or the signal is aborted. @param ms how long to wait, in ms */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** A loop's sleep between two polls. A wake-up before the sleep makes the next sleep return immediately. */
export class Sleep {
  #isWoken = false;
  #wake: () => void = () => undefined;

  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** Sleeps until the time has passed or `wake` is called. @param ms how long to sleep, in ms */
  async for(ms: number): Promise<void> {
    if (!this.#isWoken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isWoken = false;
  }
}
