/** What this device keeps in IndexedDB, for scanning without a network: the gate, the published keys, scans, and used tickets. */

import type { Gate } from '../address.ts';
import type { KeptScan, ScanStore } from './outbox.ts';
import type { PublishedKey } from './verify.ts';

/** A ticket that admits nobody any more, as far as this device knows: it let the holder in, or the API has refused the ticket. */
export interface KnownRefusal {
  scheduleId: number;
  ticketId: number;
  /** The code of the refusal. */
  reason: string;
  /** ISO 8601; null for reasons other than a use. */
  usedAt: string | null;
  usedGate: string | null;
}

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('seatlane-gate', 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('scans', { keyPath: 'key' });
      request.result.createObjectStore('refusals', { keyPath: ['scheduleId', 'ticketId'] });
      request.result.createObjectStore('things');
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

type Name = 'scans' | 'refusals' | 'things';

/** Resolves once the change is on the disk: a guest is let in only after that. */
async function change(name: Name, act: (store: IDBObjectStore) => void): Promise<void> {
  const database = await open();
  await new Promise<void>((resolve, reject) => {
    const transaction = database.transaction(name, 'readwrite', { durability: 'strict' });
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    act(transaction.objectStore(name));
  });
}

async function read<Value>(
  name: Name,
  ask: (store: IDBObjectStore) => IDBRequest<Value>,
): Promise<Value> {
  const database = await open();
  return new Promise((resolve, reject) => {
    const request = ask(database.transaction(name).objectStore(name));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export const keptScans: ScanStore = {
  all: () => read<KeptScan[]>('scans', (store) => store.getAll()),
  put: (scan) => change('scans', (store) => store.put(scan)),
  remove: (key) => change('scans', (store) => store.delete(key)),
};

/** @returns undefined if this device knows nothing against the ticket */
export function knownRefusal(
  scheduleId: number,
  ticketId: number,
): Promise<KnownRefusal | undefined> {
  return read<KnownRefusal | undefined>('refusals', (store) => store.get([scheduleId, ticketId]));
}

export function keepRefusal(refusal: KnownRefusal): Promise<void> {
  return change('refusals', (store) => store.put(refusal));
}

export function keptKeys(): Promise<PublishedKey[] | undefined> {
  return read<PublishedKey[] | undefined>('things', (store) => store.get('keys'));
}

export function keepKeys(keys: readonly PublishedKey[]): Promise<void> {
  return change('things', (store) => store.put(keys, 'keys'));
}

export function keptGate(): Promise<Gate | undefined> {
  return read<Gate | undefined>('things', (store) => store.get('gate'));
}

export function keepGate(gate: Gate | null): Promise<void> {
  return change('things', (store) => store.put(gate, 'gate'));
}
