/** Waits for something to become true, instead of for a time. */
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_AGAIN_MS = 20;

/**
 * How long a test waits in vain, in ms; vitest.config.ts sets it for each sort of test. It is long, because it only ends
 * tests of what never happens: a slow machine must not fail them.
 */
export const PATIENCE_MS = Number(process.env.TEST_PATIENCE_MS ?? 10_000);

/**
 * Calls `look` until it gives something other than undefined or false.
 * @throws Error naming `what` after `timeoutMs`
 */
export async function waitFor<Found>(
  what: string,
  look: () => Promise<Found | undefined | false> | Found | undefined | false,
  timeoutMs = PATIENCE_MS,
): Promise<Found> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`Waited ${timeoutMs} ms in vain: ${what}`);
    await sleep(LOOK_AGAIN_MS);
  }
}
