/** What happened, told once: shown for a while and read out by screen readers. */
import { html } from 'htm/preact';
import { codeOf, problemOf } from './api.ts';
import { makeStore, useStore } from './store.ts';
import { useWords, type Words } from './texts.ts';

interface News {
  /** Chosen when it is shown, so that it follows the language. */
  say(words: Words): string;
  /** `spoken`: everybody else can see it anyway. */
  kind: 'shown' | 'spoken' | 'problem';
}

const SHOWN_MS = 7000;

const latest = makeStore<News | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

export function tell(say: News['say'], kind: News['kind'] = 'shown'): void {
  latest.set({ say, kind });
  clearTimeout(timer);
  timer = setTimeout(() => latest.set(null), SHOWN_MS);
}

/** Tells of a no in plain words; anything else is a mistake of ours, which the console is told. */
export function tellProblem(error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  if (codeOf(error) === undefined) console.error(error);
  tell((words) => problemText(words, error), 'problem');
}

export function problemText({ t }: Words, error: unknown): string {
  const code = codeOf(error) ?? 'INTERNAL_ERROR';
  const texts: Readonly<Record<string, string>> = t.problems;
  return texts[code] ?? problemOf(error)?.detail ?? (error as Error).message;
}

export function NewsLine() {
  const words = useWords();
  const news = useStore(latest);
  const text = news?.say(words) ?? '';
  const isProblem = news?.kind === 'problem';
  const kind = news?.kind === 'spoken' ? 'sr' : 'news-text';
  return html`
    <div class="news" role="status" aria-live="polite" aria-atomic="true">
      ${news && !isProblem && html`<p class=${kind}>${text}</p>`}
    </div>
    <div class="news" role="alert" aria-atomic="true">
      ${isProblem && html`<p class="news-text is-problem">${text}</p>`}
    </div>
  `;
}
