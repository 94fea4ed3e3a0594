/** An observable value; views that use it render again when it changes. */
import { useEffect, useState } from 'preact/hooks';

export interface Store<Value> {
  get(): Value;
  set(value: Value): void;
  /** @returns a function that unsubscribes the listener */
  subscribe(listener: () => void): () => void;
}

/** A store whose value is in the browser's storage. */
export interface StoredStore<Value> extends Store<Value> {
  /** Takes over the value in the storage, which another tab may have changed. */
  reread(): void;
}

export function makeStore<Value>(initial: Value): Store<Value> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A store that survives a reload of its tab. */
export function makeKeptStore<Value>(name: string, initial: Value): StoredStore<Value> {
  return makeStoredStore(sessionStorage, () => `seatlane.${name}`, initial);
}

/**
 * A store whose value is in `storage`. With `localStorage`, all tabs share it.
 * @param keyOf the present key; undefined: there is none, so the value is the initial one
 */
export function makeStoredStore<Value>(
  storage: Storage,
  keyOf: () => string | undefined,
  initial: Value,
): StoredStore<Value> {
  let text: string | null = null;
  const read = (): Value => {
    const key = keyOf();
    text = key === undefined ? null : storage.getItem(key);
    return parsed(text) ?? initial;
  };
  const store = makeStore(read());
  const reread = () => {
    const before = text;
    const value = read();
    if (text !== before) store.set(value);
  };
  // This event comes from other tabs alone; a key of null stands for all keys.
  addEventListener('storage', ({ storageArea, key }) => {
    if (storageArea === storage && (key === null || key === keyOf())) reread();
  });
  return {
    ...store,
    reread,
    set(next) {
      const key = keyOf();
      if (key !== undefined) {
        text = next === initial ? null : JSON.stringify(next);
        if (text === null) storage.removeItem(key);
        else storage.setItem(key, text);
      }
      store.set(next);
    },
  };
}

/** @returns undefined if there is no value, or none that this version has written */
function parsed<Value>(text: string | null): Value | undefined {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A value that follows from others. It stays the same object while its content does. */
export function makeDerivedStore<Value>(
  derive: () => Value,
  ...sources: readonly Pick<Store<unknown>, 'subscribe'>[]
): Pick<Store<Value>, 'get' | 'subscribe'> {
  const store = makeStore(derive());
  const update = () => {
    const next = derive();
    if (JSON.stringify(next) !== JSON.stringify(store.get())) store.set(next);
  };
  for (const source of sources) source.subscribe(update);
  return store;
}

export function useStore<Value>(store: Pick<Store<Value>, 'get' | 'subscribe'>): Value {
  const [shown, show] = useState(store.get());
  useEffect(() => {
    const update = () => show(() => store.get());
    update();
    return store.subscribe(update);
  }, [store]);
  return shown;
}
