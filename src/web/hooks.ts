/** Hooks for views: queries to the API, actions, and a tick that redraws clocks. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { CallOptions, SeatlaneOperator } from '../client/index.ts';
import { callApi } from './api.ts';

/** The state of a read from the API. */
export interface Query<Body> {
  body: Body | undefined;
  problem: unknown;
  /** How many reads have ended, and how many of the last ones in a row with a problem. */
  ended: { reads: number; problems: number };
  refetch(): void;
}

/** What views have read that the next view needs at once. */
const kept = new Map<string, unknown>();

/**
 * Reads when the view opens, when `key` changes, and on `refetch`.
 * @param key identifies the data that `read` reads; undefined: do not read yet
 * @param isKept whether the body that was read last, by any view, is given until the new one is there
 */
export function useQuery<Body>(
  key: string | undefined,
  read: (seatlane: SeatlaneOperator, options: CallOptions) => Promise<Body>,
  { isKept = false } = {},
): Query<Body> {
  const [state, setState] = useState<{ key?: string; body?: Body; problem?: unknown }>({});
  const [ended, setEnded] = useState({ reads: 0, problems: 0 });
  const [version, setVersion] = useState(0);
  useEffect(() => {
    if (key === undefined) return;
    const ending = new AbortController();
    const { signal } = ending;
    callApi((seatlane) => read(seatlane, { signal })).then(
      (body) => {
        if (isKept) kept.set(key, body);
        setState({ key, body });
        setEnded(({ reads }) => ({ reads: reads + 1, problems: 0 }));
      },
      (problem) => {
        if (signal.aborted) return;
        // After a failed poll the data stays; that of another key must not stand in for it.
        setState((before) => ({ ...(before.key === key && before), key, problem }));
        setEnded(({ reads, problems }) => ({ reads: reads + 1, problems: problems + 1 }));
      },
    );
    return () => ending.abort();
  }, [key, version]);
  const refetch = useCallback(() => setVersion((before) => before + 1), []);
  const isCurrent = state.key === key;
  const before = key !== undefined && isKept ? (kept.get(key) as Body | undefined) : undefined;
  return {
    // A body may be null, which is not the same as none.
    body: isCurrent && state.body !== undefined ? state.body : before,
    problem: isCurrent ? state.problem : undefined,
    ended,
    refetch,
  };
}

/** The longest pause before a page reads again, in ms. */
const POLL_MS_MAX = 30_000;

/**
 * Reads a query again and again while the page is visible: about `everyMs` after each answer, and after problems later each time, so that
 * the pages of all users do not add to the load of an API that is in trouble.
 */
export function usePolling(
  { ended: { reads, problems }, refetch }: Query<unknown>,
  everyMs: number,
  isRunning = true,
): void {
  useEffect(() => {
    if (!isRunning || reads === 0) return;
    // Pages that had a problem, or saw a sale open, at the same moment do not all come back at the same moment.
    const waitMs = everyMs * 2 ** Math.min(problems, 10) * (0.5 + Math.random());
    const next = () => {
      if (document.visibilityState === 'visible') refetch();
      else timer = setTimeout(next, everyMs);
    };
    let timer = setTimeout(next, Math.min(POLL_MS_MAX, waitMs));
    return () => clearTimeout(timer);
  }, [reads, isRunning, refetch]);
}

/** Renders a view again every second while it shows a clock. */
export function useTick(isRunning = true): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setTick((tick) => tick + 1), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
}

/** Runs one action at a time, so that pressing a button twice has no further effect. */
export function useAction(): [isBusy: boolean, run: (work: () => Promise<void>) => void] {
  const [isBusy, setBusy] = useState(false);
  const run = (work: () => Promise<void>) => {
    if (isBusy) return;
    setBusy(true);
    void work().finally(() => setBusy(false));
  };
  return [isBusy, run];
}

/** Renders a view again whenever the source changes. */
export function useSubscription(source: { subscribe(listener: () => void): () => void }): void {
  const [, setVersion] = useState(0);
  useEffect(() => source.subscribe(() => setVersion((version) => version + 1)), [source]);
}
