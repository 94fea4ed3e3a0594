/** Notifications: shown for some seconds, and read out by screen readers. */
import { html } from 'htm/preact';
import { codeOf, problemOf } from './api.ts';
import { makeStore, useStore } from './store.ts';
import { useWords, type Words } from './texts.ts';

interface Notice {
  /** Called for each rendering, so that the text follows the language. */
  text(words: Words): string;
  /** `spoken`: only for screen readers, because the page shows it anyway. */
  kind: 'shown' | 'spoken' | 'problem';
}

const SHOWN_MS = 7000;

const latest = makeStore<Notice | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

export function notify(text: Notice['text'], kind: Notice['kind'] = 'shown'): void {
  latest.set({ text, kind });
  clearTimeout(timer);
  timer = setTimeout(() => latest.set(null), SHOWN_MS);
}

/** Explains a problem in the user's language. Any other error is a bug, which is also logged to the console. */
export function notifyProblem(error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  if (codeOf(error) === undefined) console.error(error);
  notify((words) => problemText(words, error), 'problem');
}

export function problemText({ t }: Words, error: unknown): string {
  const code = codeOf(error) ?? 'INTERNAL_ERROR';
  const texts: Readonly<Record<string, string>> = t.problems;
  return texts[code] ?? problemOf(error)?.detail ?? (error as Error).message;
}

export function Notifications() {
  const words = useWords();
  const notice = useStore(latest);
  const text = notice?.text(words) ?? '';
  const isProblem = notice?.kind === 'problem';
  const kind = notice?.kind === 'spoken' ? 'sr' : 'notification';
  return html`
    <div class="notifications" role="status" aria-live="polite" aria-atomic="true">
      ${notice && !isProblem && html`<p class=${kind}>${text}</p>`}
    </div>
    <div class="notifications" role="alert" aria-atomic="true">
      ${isProblem && html`<p class="notification is-problem">${text}</p>`}
    </div>
  `;
}
