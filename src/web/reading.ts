/** Hooks of all views: what was read from the API, and a tick that redraws clocks. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { CallOptions, SeatlaneOperator } from '../client/index.ts';
import { ask } from './api.ts';

export interface Reading<Body> {
  body: Body | undefined;
  problem: unknown;
  again(): void;
}

/**
 * Reads when the view opens, when the name of what is read changes, and when asked again.
 * @param what names what `read` reads; undefined: not yet
 */
export function useReading<Body>(
  what: string | undefined,
  read: (seatlane: SeatlaneOperator, options: CallOptions) => Promise<Body>,
): Reading<Body> {
  const [state, setState] = useState<{ what?: string; body?: Body; problem?: unknown }>({});
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (what === undefined) return;
    const ending = new AbortController();
    const { signal } = ending;
    ask((seatlane) => read(seatlane, { signal })).then(
      (body) => setState({ what, body }),
      (problem) => {
        if (!signal.aborted) setState((before) => ({ ...before, what, problem }));
      },
    );
    return () => ending.abort();
  }, [what, turn]);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  const isCurrent = state.what === what;
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
    void work().finally(() => setDoing(false));
  };
  return [isDoing, run];
}

/** Draws a view again whenever something that can be listened to changes. */
export function useChangesOf(source: { listen(listener: () => void): () => void }): void {
  const [, setTurn] = useState(0);
  useEffect(() => source.listen(() => setTurn((turn) => turn + 1)), [source]);
}
