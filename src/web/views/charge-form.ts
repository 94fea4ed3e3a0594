/** The form that adds points to the user's balance. */
import { html } from 'htm/preact';
import { charge } from '../bookings.ts';
import { useAction } from '../hooks.ts';
import { notify, notifyProblem } from '../notifications.ts';
import { useWords } from '../texts.ts';

const AMOUNT_MAX = 10_000_000;

/** @param amount the initial value of the field, in points */
export function ChargeForm({ amount }: { amount: number }) {
  const { t } = useWords();
  const [isBusy, run] = useAction();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = Number(new FormData(event.target as HTMLFormElement).get('amount'));
    run(() =>
      charge(wanted).then(
        (balance) => notify(({ t: texts, number }) => texts.charged(number(balance)), 'spoken'),
        notifyProblem,
      ),
    );
  };
  return html`
    <form class="charge" onSubmit=${submit}>
      <label class="field">
        <span>${t.chargeAmount}</span>
        <input
          name="amount"
          type="number"
          inputmode="numeric"
          min="1"
          max=${AMOUNT_MAX}
          step="1"
          required
          defaultValue=${Math.min(amount, AMOUNT_MAX)}
        />
      </label>
      <button class="button" aria-disabled=${isBusy}>${isBusy ? t.charging : t.charge}</button>
    </form>
  `;
}
