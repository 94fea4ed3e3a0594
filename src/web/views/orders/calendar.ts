/** The button that saves the performance of an order as a file for the buyer's calendar. */
import { html } from 'htm/preact';
import { callApi } from '../../api.ts';
import { useAction } from '../../hooks.ts';
import { notifyProblem } from '../../notifications.ts';
import { useWords } from '../../texts.ts';

export function CalendarButton({ orderId }: { orderId: number }) {
  const { t } = useWords();
  const [isBusy, run] = useAction();
  const save = () =>
    run(() => saveCalendarEntry(orderId).catch((error) => notifyProblem(error, save)));
  return html`
    <button class="button is-plain" type="button" aria-disabled=${isBusy} onClick=${save}>${t.addToCalendar}</button>
  `;
}

/** A link to the API would lack the access token, so the page reads the file and offers it as a download. */
async function saveCalendarEntry(orderId: number): Promise<void> {
  const text = await callApi((seatlane) => seatlane.calendarEntry(orderId));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/calendar' }));
  link.download = `order-${orderId}.ics`;
  link.click();
  // The browser has taken over the file by the next task.
  setTimeout(() => URL.revokeObjectURL(link.href));
}
