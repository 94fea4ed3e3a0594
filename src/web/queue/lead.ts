/**
 * Has one of the browser's tabs do what would be a waste in each of them. The tab that leads holds a Web Lock, which the
 * browser frees when the tab is closed or its process ends.
 */

/**
 * A tab that the browser has frozen still holds the lock, but cannot work. Browsers let hidden tabs work once a minute at
 * least, so that hidden tabs wait longer for each other.
 */
const SILENCE_MS_MAX = { visible: 30_000, hidden: 90_000 };

interface Work {
  /** Names the work: tabs with the same name share it. */
  name: string;
  /** Works until the signal is aborted. */
  run(signal: AbortSignal): void;
}

export interface Candidate {
  /** Tells that the leading tab, perhaps another one, has worked. */
  noteWork(): void;
  /** Gives the lead up. */
  stop(): void;
}

/**
 * Works as soon as no other tab leads. A tab takes the lead over when it becomes visible, and when the leader has been
 * silent for 30 s (90 s if the tab is hidden). Without Web Locks (on plain HTTP) each tab works.
 */
export function lead({ name, run }: Work): Candidate {
  const ending = new AbortController();
  const { signal } = ending;
  if (!navigator.locks) {
    run(signal);
    return { noteWork: () => undefined, stop: () => ending.abort() };
  }
  /** Ends the present request, whether it waits for the lock or has it. */
  let request = new AbortController();
  let isLeading = false;
  let silence: ReturnType<typeof setTimeout> | undefined;

  async function ask(steal: boolean): Promise<void> {
    request.abort();
    const mine = new AbortController();
    request = mine;
    const options = steal ? { steal } : { signal: mine.signal };
    const work = () =>
      new Promise<void>((resolve) => {
        if (mine.signal.aborted) return resolve();
        isLeading = true;
        clearTimeout(silence);
        mine.signal.addEventListener('abort', () => resolve());
        run(mine.signal);
      });
    // The request fails if this tab ends it, or if another tab has taken the lock: then this tab waits for it again.
    await navigator.locks.request(name, options, work).catch(() => undefined);
    if (request !== mine) return;
    isLeading = false;
    mine.abort();
    if (!signal.aborted) follow();
  }

  function follow(): void {
    void ask(false);
    noteWork();
  }

  function noteWork(): void {
    clearTimeout(silence);
    if (isLeading || signal.aborted) return;
    silence = setTimeout(takeOver, SILENCE_MS_MAX[document.visibilityState]);
  }

  function takeOver(): void {
    if (!isLeading) void ask(true);
  }

  const onVisible = () => {
    if (document.visibilityState === 'visible') takeOver();
  };
  document.addEventListener('visibilitychange', onVisible, { signal });
  signal.addEventListener('abort', () => {
    clearTimeout(silence);
    request.abort();
  });
  if (document.visibilityState === 'visible') takeOver();
  else follow();
  return { noteWork, stop: () => ending.abort() };
}
