/** Sends kept scans, reads the counts and the published keys, while the device has a network. */
import { type Entered, ProblemError } from '../../client/index.ts';
import { sleep } from '../../client/transport/sleep.ts';
import { makeStore } from '../store.ts';
import { gateClient, readKeys, send } from './check.ts';
import { keepKeys, keptKeys, keptScans } from './device/kept.ts';
import { type KeptScan, sendAll } from './device/outbox.ts';
import { currentGate, gateToken } from './session.ts';

export const scans = makeStore<readonly KeptScan[]>([]);
export const counts = makeStore<Entered | null>(null);
/** Whether the API answered last. */
export const isReachable = makeStore(navigator.onLine);
/** Whether the device can verify codes by itself. */
export const hasKeys = makeStore(false);

const PAUSE_MS = 5000;
const KEYS_MS = 60_000;
let running: Promise<void> | undefined;

/** Reads again which scans are kept. */
export async function showScans(): Promise<void> {
  scans.set((await keptScans.all()).toSorted((one, other) => one.number - other.number));
}

/** Takes a refused scan off the list, once somebody has seen it. */
export async function dismiss(key: string): Promise<void> {
  await keptScans.remove(key);
  await showScans();
}

/** Sends what is kept, and reads what has changed. Calls during a run share it. */
export function sync(): Promise<void> {
  running ??= syncOnce().finally(() => {
    running = undefined;
  });
  return running;
}

async function syncOnce(): Promise<void> {
  try {
    hasKeys.set((await keptKeys()) !== undefined);
    await showScans();
    if (!navigator.onLine) return isReachable.set(false);
    await refreshKeys();
    const gate = currentGate.get();
    if (!gate || gateToken.get() === null) return isReachable.set(true);
    const newKey = () => crypto.randomUUID();
    const sent = await sendAll({ store: keptScans, send, newKey }, gate);
    await showScans();
    if (sent === 'done') counts.set(await gateClient().entered(gate.scheduleId));
    isReachable.set(sent !== 'unreachable');
  } catch (error) {
    // The storage of the device has failed; the next run tries again.
    if (error instanceof DOMException && error.name !== 'TimeoutError') console.error(error);
    // A refusal is an answer too; the next scan shows what is wrong.
    isReachable.set(error instanceof ProblemError);
  }
}

let keysReadAt = Number.NEGATIVE_INFINITY;

/** Keys are added long before they sign, so a minute is soon enough. */
async function refreshKeys(): Promise<void> {
  if (isReachable.get() && performance.now() - keysReadAt < KEYS_MS) return;
  await keepKeys(await readKeys());
  hasKeys.set(true);
  keysReadAt = performance.now();
}

/** Runs for as long as the page is open. */
export async function keepInSync(): Promise<never> {
  for (const event of ['online', 'offline']) addEventListener(event, () => void sync());
  gateToken.subscribe(() => void sync());
  for (;;) {
    if (document.visibilityState === 'visible') await sync();
    await sleep(PAUSE_MS);
  }
}
