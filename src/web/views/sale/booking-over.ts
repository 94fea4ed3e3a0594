/** What the seats of a date show while the user can choose nothing more, but still pay what is held. */
import { html } from 'htm/preact';
import { useEffect } from 'preact/hooks';
import { notify } from '../../notifications.ts';
import { addressOf } from '../../route.ts';
import { isBookingOver } from '../../session.ts';
import { useStore } from '../../store.ts';
import { useWords } from '../../texts.ts';

/**
 * Whether nothing more can be chosen. The user is told once.
 * @param clear drops the selection
 */
export function useBookingOver(clear: () => void): boolean {
  const isOver = useStore(isBookingOver);
  useEffect(() => {
    if (!isOver) return;
    clear();
    notify(({ t }) => t.bookingOver, 'spoken');
  }, [isOver]);
  return isOver;
}

/** Answers whoever still tries to choose on the map. */
export function tellBookingOver(): void {
  notify(({ t }) => t.bookingOver, 'problem');
}

/** @param isElsewhere whether what is held is not shown beside */
export function BookingOver({ isElsewhere }: { isElsewhere: boolean }) {
  const { t } = useWords();
  return html`
    <div class="note">
      <p>${t.bookingOver}</p>
      ${isElsewhere && html`<a href=${addressOf.orders}>${t.myOrders}</a>`}
    </div>
  `;
}
