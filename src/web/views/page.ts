/** The frame of all views: header, notifications, and the view that the URL names. */
import { html } from 'htm/preact';
import { useEffect } from 'preact/hooks';
import { CheckoutView } from '../cards/checkout-view.ts';
import { secondsUntil } from '../clock.ts';
import { useTick } from '../hooks.ts';
import { Notifications, notify } from '../notifications.ts';
import { endAdmission, refreshEntry } from '../queue-entry.ts';
import { addressOf, view } from '../route.ts';
import { admission, signOut, user } from '../session.ts';
import { useStore } from '../store.ts';
import { clockFace, setLanguage, useWords } from '../texts.ts';
import { BookingsView } from './bookings.ts';
import { ConcertView } from './concert.ts';
import { ConcertsView } from './concerts.ts';
import { SeatsView } from './seats.ts';
import { TicketsView } from './tickets.ts';

export function Page() {
  const { t } = useWords();
  return html`
    <a class="skip" href="#main" onClick=${focusMain}>${t.skip}</a>
    <${Head} />
    <${SessionClock} />
    <main id="main" tabindex="-1"><${CurrentView} /></main>
    <${Notifications} />
  `;
}

/** The part of the URL after # names the view, so the link must not change it. */
function focusMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function Head() {
  const { t, language } = useWords();
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
              href=${addressOf.bookings}
              aria-current=${name === 'bookings' ? 'page' : undefined}
            >${t.myBookings}</a>
            <button class="link wide-only" type="button" onClick=${signOut}>${t.signOut}</button>`
        }
        <button
          class="link"
          type="button"
          lang=${language === 'en' ? 'ko' : 'en'}
          onClick=${() => setLanguage(language === 'en' ? 'ko' : 'en')}
        >${t.otherLanguage}</button>
      </nav>
    </header>
  `;
}

/** An order that another tab placed may have prolonged the session. */
async function endSession(): Promise<void> {
  if (await refreshEntry().catch(() => false)) return;
  endAdmission();
  notify((words) => words.t.admissionOver, 'problem');
}

/** Shows how much of the session is left, and ends it when the time is over. */
function SessionClock() {
  const { t } = useWords();
  const admitted = useStore(admission);
  useTick(admitted !== null);
  const left = admitted ? secondsUntil(admitted.expiresAt) : 0;
  const isOver = admitted !== null && left === 0;
  useEffect(() => {
    if (!isOver) return;
    void endSession();
  }, [isOver]);
  if (!admitted || isOver) return null;
  const isShort = left <= 60;
  return html`
    <div class="turn ${isShort ? 'is-short' : ''}">
      <span>${t.timeLeft}</span>
      <time class="turn-clock" role="timer">${clockFace(left)}</time>
      <span class="sr" aria-live="polite">${left === 60 || left === 30 ? t.timeLeftNews(t.seconds(left)) : ''}</span>
    </div>
  `;
}

function CurrentView() {
  const current = useStore(view);
  switch (current.name) {
    case 'concerts':
      return html`<${ConcertsView} />`;
    case 'concert':
      return html`<${ConcertView} key=${current.concertId} concertId=${current.concertId} />`;
    case 'seats':
      return html`<${SeatsView} key=${current.scheduleId} ...${current} />`;
    case 'bookings':
      return html`<${BookingsView} />`;
    case 'tickets':
      return html`<${TicketsView} key=${current.orderId} orderId=${current.orderId} />`;
    case 'checkout':
      return html`<${CheckoutView} key=${current.checkoutId} checkoutId=${current.checkoutId} />`;
  }
}
