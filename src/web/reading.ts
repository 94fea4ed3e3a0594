/** Hooks of all views: what was read from the API, and a tick that redraws clocks. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { read } from './api.ts';

export interface Reading<Body> {
  body: Body | undefined;
  problem: unknown;
  again(): void;
}

/** Reads a path when the view opens, when the path changes, and when asked again. @param path undefined: not yet */
export function useReading<Body>(path: string | undefined): Reading<Body> {
  const [state, setState] = useState<{ path?: string; body?: Body; problem?: unknown }>({});
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (path === undefined) return;
    const ending = new AbortController();
    read<Body>(path, { signal: ending.signal }).then(
      (body) => setState({ path, body }),
      (problem) => {
        if (!ending.signal.aborted) setState((before) => ({ ...before, path, problem }));
      },
    );
    return () => ending.abort();
  }, [path, turn]);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  const isCurrent = state.path === path;
  return {
    body: isCurrent ? state.body : undefined,
    problem: isCurrent ? state.problem : undefined,
    again,
  };
}

/** Draws a view again each second, while it shows a clock. */
export function useTick(isRunning = true): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setTick((tick) => tick + 1), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
}

/** Whether a command is under way, and a way to run one: a button is pressed once, not twice. */
export function useDoing(): [isDoing: boolean, run: (work: () => Promise<void>) => void] {
  const [isDoing, setDoing] = useState(false);
  const run = (work: () => Promise<void>) => {
    if (isDoing) return;
    setDoing(true);
    work().finally(() => setDoing(false));
  };
  return [isDoing, run];
}

/** Draws a view again whenever something that can be listened to changes. */
export function useChangesOf(source: { listen(listener: () => void): () => void }): void {
  const [, setTurn] = useState(0);
  useEffect(() => source.listen(() => setTurn((turn) => turn + 1)), [source]);
}
