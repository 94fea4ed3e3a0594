/** Notifications: shown for some seconds, or as long as a problem needs, and read out by screen readers. */
import { html } from 'htm/preact';
import { createContext, type FunctionComponent } from 'preact';
import { useContext } from 'preact/hooks';
import type { ProblemCode } from '../client/codes.ts';
import { codeOf, problemOf } from './api.ts';
import { makeStore, useStore } from './store.ts';
import { useWords, type Words } from './texts.ts';

interface Notice {
  /** Called for each rendering, so that the text follows the language. */
  text(words: Words): string;
  /** `spoken`: only for screen readers, because the page shows it anyway. */
  kind: 'shown' | 'spoken' | 'problem';
  /** What failed, for the next step. */
  error?: unknown;
  /** Tries the failed action again. */
  retry?: (() => void) | undefined;
}

/** What to do after a problem. */
export interface StepProps {
  code: ProblemCode | 'UNREACHABLE';
  /** Tries the failed action again; undefined if that is up to the user. */
  retry: (() => void) | undefined;
  /** The user has taken the step. */
  done(): void;
}

/** What shows the next step after a problem. The page provides it; without one, only the problem is explained. */
export const NextStepView = createContext<FunctionComponent<StepProps> | undefined>(undefined);

const SHOWN_MS = 7000;

const latest = makeStore<Notice | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

function show(notice: Notice, forMs?: number): void {
  latest.set(notice);
  clearTimeout(timer);
  if (forMs !== undefined) timer = setTimeout(close, forMs);
}

function close(): void {
  clearTimeout(timer);
  latest.set(null);
}

export function notify(text: Notice['text'], kind: Notice['kind'] = 'shown'): void {
  show({ text, kind }, SHOWN_MS);
}

/**
 * Explains a problem in the user's language, until the user closes it or goes on to another view, because it says what to do. Any
 * other error is a bug, which is also logged to the console.
 * @param retry tries the failed action again
 */
export function notifyProblem(error: unknown, retry?: () => void): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  if (codeOf(error) === undefined) console.error(error);
  show({ text: (words) => problemText(words, error), kind: 'problem', error, retry });
}

// A notice must not cover the next view. What is only spoken covers nothing, and may be about the new view.
addEventListener('hashchange', () => {
  if (latest.get()?.kind !== 'spoken') close();
});

export function problemText({ t }: Words, error: unknown): string {
  const texts: Readonly<Record<string, string>> = t.problems;
  return texts[shownCodeOf(error)] ?? problemOf(error)?.detail ?? (error as Error).message;
}

function shownCodeOf(error: unknown): ProblemCode | 'UNREACHABLE' {
  return (codeOf(error) ?? 'INTERNAL_ERROR') as ProblemCode | 'UNREACHABLE';
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
      ${
        isProblem &&
        html`<div class="notification is-problem">
          <div class="notification-text">
            <p>${text}</p>
            ${notice.error !== undefined && html`<${NextStep} error=${notice.error} retry=${notice.retry} done=${close} />`}
          </div>
          <button class="notification-close" type="button" aria-label=${words.t.close} onClick=${close}>
            <span aria-hidden="true">×</span>
          </button>
        </div>`
      }
    </div>
  `;
}

export interface NextStepProps extends Omit<StepProps, 'code'> {
  error: unknown;
}

/** What to do after an error, if the page shows that. */
export function NextStep({ error, ...props }: NextStepProps) {
  const View = useContext(NextStepView);
  return View ? html`<${View} code=${shownCodeOf(error)} ...${props} />` : null;
}
