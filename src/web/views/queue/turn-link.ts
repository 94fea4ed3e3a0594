/** Tells a user who looks at another view about the turn, and leads back to it. */
import { html } from 'htm/preact';
import { addressOf, view } from '../../route.ts';
import { isBookingOver, queueEntry, turn } from '../../session.ts';
import { useStore } from '../../store.ts';
import { useWords } from '../../texts.ts';

export function TurnLink() {
  const { t, number } = useWords();
  const entry = useStore(queueEntry);
  const concertId = useStore(turn)?.concertId;
  const current = useStore(view);
  const isOver = useStore(isBookingOver);
  if (!entry || concertId === undefined) return null;
  // The view of the concert itself shows the queue, and then the seats.
  if ('concertId' in current && current.concertId === concertId) return null;
  if (isOver) {
    return html`
      <p class="turn"><span>${t.bookingOver}</span> <a href=${addressOf.orders}>${t.myOrders}</a></p>
    `;
  }
  return html`
    <p class="turn">
      <span>${entry.state === 'waiting' ? `${t.yourPosition}: ${number(entry.position)}` : t.turnTitle}</span>
      <a href=${addressOf.concert(concertId)}>
        ${entry.state === 'waiting' ? t.backToQueue : t.toSeats}
      </a>
    </p>
  `;
}
