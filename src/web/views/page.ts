/** The frame of all views: header, notifications, and the view that the URL names. */
import { html } from 'htm/preact';
import { useViewFocus } from '../focus/focus.ts';
import { Late } from '../late.ts';
import { NextStepView, Notifications } from '../notifications.ts';
import { useEntryPolling } from '../queue/watch.ts';
import { addressOf, keyOf, view } from '../route.ts';
import { signOut, user } from '../session.ts';
import { useStore } from '../store.ts';
import { useWords } from '../texts.ts';
import { ConcertView } from './events/concert.ts';
import { EventsView } from './events/events.ts';
import { LanguageSwitch } from './language-switch.ts';
import { NextStepLink } from './next-step.ts';
import { TurnLink } from './queue/turn-link.ts';
import { SessionClock } from './session-clock.ts';

export function Page() {
  const { t } = useWords();
  useViewFocus(keyOf(useStore(view)));
  useEntryPolling();
  return html`
    <${NextStepView.Provider} value=${NextStepLink}>
      <a class="skip" href="#main" onClick=${focusMain}>${t.skip}</a>
      <${Head} />
      <aside class="turns" aria-label=${t.yourTurn}><${SessionClock} /><${TurnLink} /></aside>
      <main id="main" tabindex="-1"><${CurrentView} /></main>
      <${Notifications} />
    <//>
  `;
}

/** The part of the URL after # names the view, so the link must not change it. */
function focusMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function Head() {
  const { t } = useWords();
  const current = useStore(user);
  const { name } = useStore(view);
  return html`
    <header class="head">
      <a class="brand" href=${addressOf.concerts}><span class="brand-mark" aria-hidden="true" />Seatlane</a>
      <nav class="head-links">
        ${
          current &&
          html`<a
              class="link"
              href=${addressOf.orders}
              aria-current=${name === 'orders' ? 'page' : undefined}
            >${t.myOrders}</a>
            <button class="link wide-only" type="button" onClick=${signOut}>${t.signOut}</button>`
        }
        <${LanguageSwitch} />
      </nav>
    </header>
  `;
}

function CurrentView() {
  const current = useStore(view);
  switch (current.name) {
    case 'concerts':
      return html`<${EventsView} />`;
    case 'concert':
      return html`<${ConcertView} key=${current.concertId} concertId=${current.concertId} />`;
    default:
      return html`<${Late} key=${keyOf(current)} ...${current} />`;
  }
}
