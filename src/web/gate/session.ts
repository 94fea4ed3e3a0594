/** The gate of this device: which performance, which entrance, and the access token. */
import { makeKeptStore, makeStore } from '../store.ts';
import type { Gate } from './address.ts';

/** undefined until it is read from the device's storage. */
export const currentGate = makeStore<Gate | null | undefined>(undefined);
/** Kept while the tab is open. The gate itself is kept for longer, so that a closed tab can scan again without a network. */
export const gateToken = makeKeptStore<string | null>('gate-token', null);
/** The browser keeps nothing, so that scans could be lost. */
export const isStorageMissing = makeStore(false);
