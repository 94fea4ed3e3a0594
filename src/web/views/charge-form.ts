/** Adding points to one's balance. */
import { html } from 'htm/preact';
import { charge } from '../bookings.ts';
import { tell, tellProblem } from '../news.ts';
import { useDoing } from '../reading.ts';
import { useWords } from '../texts.ts';

const AMOUNT_MAX = 10_000_000;

/** @param amount to begin with, in points */
export function ChargeForm({ amount }: { amount: number }) {
  const { t } = useWords();
  const [isDoing, run] = useDoing();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = Number(new FormData(event.target as HTMLFormElement).get('amount'));
    run(() =>
      charge(wanted).then(
        (balance) => tell(({ t: texts, number }) => texts.charged(number(balance)), 'spoken'),
        tellProblem,
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
      <button class="button" aria-disabled=${isDoing}>${isDoing ? t.charging : t.charge}</button>
    </form>
  `;
}
