/** The form that adds points to the user's balance: without money while that is allowed, else by card. */
import { html } from 'htm/preact';
import { charge } from '../../bookings.ts';
import { buyPoints, hasCards, isChargingOpen } from '../../cards/payments.ts';
import { useAction } from '../../hooks.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { useWords } from '../../texts.ts';

const AMOUNT_MAX = 10_000_000;

/** Whether users can get points here at all. */
export const canCharge = isChargingOpen || hasCards;

/** @param amount the initial value of the field, in points */
export function ChargeForm({ amount }: { amount: number }) {
  const { t } = useWords();
  const [isBusy, run] = useAction();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = Number(new FormData(event.target as HTMLFormElement).get('amount'));
    run(() => (isChargingOpen ? chargeFreely(wanted) : buyPoints(wanted)).catch(notifyProblem));
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
      <button class="button" aria-disabled=${isBusy}>${isBusy ? t.charging : isChargingOpen ? t.charge : t.buyPoints}</button>
    </form>
  `;
}

async function chargeFreely(amount: number): Promise<void> {
  const balance = await charge(amount);
  notify(({ t, number }) => t.charged(number(balance)), 'spoken');
}
