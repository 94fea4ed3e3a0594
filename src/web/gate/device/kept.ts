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
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('seatlane-gate', 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('scans', { keyPath: 'key' });
      request.result.createObjectStore('refusals', { keyPath: ['scheduleId', 'ticketId'] });
      request.result.createObjectStore('things');
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  }).catch((error) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

type Name = 'scans' | 'refusals' | 'things';

/** Begins a transaction. Some browsers close the connection of a page in the background, also without an event: then it is opened again. */
async function begin(
  names: Name | Name[],
  mode: IDBTransactionMode,
  options?: IDBTransactionOptions,
): Promise<IDBTransaction> {
  const database = await open();
  try {
    return database.transaction(names, mode, options);
  } catch (error) {
    if ((error as DOMException).name !== 'InvalidStateError') throw error;
    opened = undefined;
    return (await open()).transaction(names, mode, options);
  }
}

/** Resolves once the changes are on the disk: a guest is let in only after that. */
async function change(
  names: Name | Name[],
  act: (storeOf: (name: Name) => IDBObjectStore) => void,
): Promise<void> {
  const transaction = await begin(names, 'readwrite', { durability: 'strict' });
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    act((name) => transaction.objectStore(name));
  });
}

async function read<Value>(
  name: Name,
  ask: (store: IDBObjectStore) => IDBRequest<Value>,
): Promise<Value> {
  const transaction = await begin(name, 'readonly');
  return new Promise((resolve, reject) => {
    const request = ask(transaction.objectStore(name));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export const keptScans: ScanStore = {
  all: () => read<KeptScan[]>('scans', (store) => store.getAll()),
  put: (scan) => change('scans', (storeOf) => storeOf('scans').put(scan)),
  remove: (key) => change('scans', (storeOf) => storeOf('scans').delete(key)),
};

/** Keeps a scan with which somebody enters, and that the ticket admits nobody any more: both or neither. */
export function keepEntry(scan: KeptScan, refusal: KnownRefusal): Promise<void> {
  return change(['scans', 'refusals'], (storeOf) => {
    storeOf('scans').put(scan);
    storeOf('refusals').put(refusal);
  });
}

/** @returns undefined if this device knows nothing against the ticket */
export function knownRefusal(
  scheduleId: number,
  ticketId: number,
): Promise<KnownRefusal | undefined> {
  return read<KnownRefusal | undefined>('refusals', (store) => store.get([scheduleId, ticketId]));
}

export function keepRefusal(refusal: KnownRefusal): Promise<void> {
  return change('refusals', (storeOf) => storeOf('refusals').put(refusal));
}

export function keptKeys(): Promise<PublishedKey[] | undefined> {
  return read<PublishedKey[] | undefined>('things', (store) => store.get('keys'));
}

export function keepKeys(keys: readonly PublishedKey[]): Promise<void> {
  return change('things', (storeOf) => storeOf('things').put(keys, 'keys'));
}

export function keptGate(): Promise<Gate | undefined> {
  return read<Gate | undefined>('things', (store) => store.get('gate'));
}

export function keepGate(gate: Gate | null): Promise<void> {
  return change('things', (storeOf) => storeOf('things').put(gate, 'gate'));
}
