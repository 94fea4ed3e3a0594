/** The frame of the operators' pages: header, navigation, sign-in, and the page that the URL names. */
import { html } from 'htm/preact';
import { useRef, useState } from 'preact/hooks';
import type { Admission, WaitingQueue } from '../../client/index.ts';
import { codeOf } from '../api.ts';
import { useViewFocus } from '../focus/focus.ts';
import { Notifications, problemText } from '../notifications.ts';
import { user } from '../session.ts';
import { useStore } from '../store.ts';
import { tokenIn } from '../token-text.ts';
import { LanguageSwitch } from '../views/language-switch.ts';
import { addressOf } from './addresses.ts';
import { PAGES, shown } from './pages.ts';
import { history, isTokenNeeded, lastError } from './watch.ts';
import { useBoardWords } from './words.ts';

export function Board() {
  const readings = useStore(history);
  const isSignedIn = useStore(user) !== null;
  const isAsked = useStore(isTokenNeeded) && !isSignedIn;
  // Between two tokens the page stays, with all that is typed.
  const wasSignedIn = useRef(false);
  wasSignedIn.current ||= isSignedIn;
  const isShown = wasSignedIn.current && !isAsked;
  const { page, path } = useStore(shown);
  useViewFocus([page.name, ...path].join('/'));
  return html`
    <${Head} admission=${readings.at(-1)?.admission} />
    <main class="board">
      <${ErrorNote} />
      ${isAsked && html`<${TokenForm} />`}
      ${isShown && html`<${page.View} key=${page.name} path=${path} />`}
    </main>
    <${Notifications} />
  `;
}

function Head({ admission }: { admission: Admission | undefined }) {
  const { b } = useBoardWords();
  const isUnreachable = useStore(lastError) !== null;
  return html`
    <header class="head">
      <a class="brand" href="/"><span class="brand-mark" aria-hidden="true" />Seatlane</a>
      <p class="board-title">${b.title}</p>
      ${admission && html`<${StatePill} admission=${admission} isUnreachable=${isUnreachable} />`}
      <nav class="head-links">
        <a class="link" href="/admin/queues">${b.lanesLink}</a>
        <a class="link wide-only" href="/docs">${b.docsLink}</a>
        <${LanguageSwitch} />
      </nav>
    </header>
    ${PAGES.length > 1 && html`<${Pages} />`}
  `;
}

function Pages() {
  const { b } = useBoardWords();
  const { page } = useStore(shown);
  return html`
    <nav class="board-pages" aria-label=${b.title}>
      ${PAGES.map(
        ({ name }) =>
          html`<a class="link" href=${addressOf(name)} aria-current=${page.name === name ? 'page' : undefined}>${b.pages[name]}</a>`,
      )}
    </nav>
  `;
}

function StatePill({ admission, isUnreachable }: { admission: Admission; isUnreachable: boolean }) {
  const { b } = useBoardWords();
  const state = stateOf(admission);
  const text = isUnreachable ? b.noAnswer : b.admissionStates[state];
  const isOpen = !isUnreachable && state === 'open';
  return html`<p class="pill ${isOpen ? 'is-open' : ''}" role="status">${text}</p>`;
}

/** If several states apply, the first one is shown, as in the list of queues. */
function stateOf({ isPaused, isGathering, isSoldOut }: Admission): WaitingQueue['state'] {
  if (isPaused) return 'paused';
  if (isGathering) return 'gathering';
  return isSoldOut ? 'sold-out' : 'open';
}

function ErrorNote() {
  const words = useBoardWords();
  const problem = useStore(lastError);
  // The next poll replaces an expired token, so no error is shown.
  if (problem === null || codeOf(problem) === 'TOKEN_EXPIRED') return null;
  return html`<p class="note is-bad" role="alert">${problemText(words, problem)}</p>`;
}

function TokenForm() {
  const { b } = useBoardWords();
  const [isBad, setBad] = useState(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement).get('token');
    const accessToken = tokenIn(String(given));
    setBad(accessToken === undefined);
    if (accessToken) user.set({ accessToken, subject: 'operator', name: 'operator' });
  };
  return html`
    <form class="panel" onSubmit=${submit}>
      <label class="field">
        <span>${b.tokenTitle}</span>
        <input name="token" required autocomplete="off" spellcheck=${false} aria-describedby="token-hint" />
      </label>
      <p class="quiet" id="token-hint">${b.tokenHint}</p>
      ${isBad && html`<p class="is-bad" role="alert">${b.noToken}</p>`}
      <button class="button">${b.use}</button>
    </form>
  `;
}
