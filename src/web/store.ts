/** An observable value; views that use it render again when it changes. */
import { useEffect, useState } from 'preact/hooks';

export interface Store<Value> {
  get(): Value;
  set(value: Value): void;
  /** @returns a function that unsubscribes the listener */
  subscribe(listener: () => void): () => void;
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
export function makeKeptStore<Value>(name: string, initial: Value): Store<Value> {
  const key = `seatlane.${name}`;
  const kept = sessionStorage.getItem(key);
  const store = makeStore<Value>(kept === null ? initial : JSON.parse(kept));
  store.subscribe(() => sessionStorage.setItem(key, JSON.stringify(store.get())));
  return store;
}

export function useStore<Value>(store: Store<Value>): Value {
  const [shown, show] = useState(store.get());
  useEffect(() => {
    const update = () => show(() => store.get());
    update();
    return store.subscribe(update);
  }, [store]);
  return shown;
}
