/** The fields of a rate of admission, with what the rate means while it is typed. */
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { serverNow } from '../../clock.ts';
import { useBoardWords } from '../words.ts';
import { isRate, perHour, type Rate, secondsUntilLast } from './rates.ts';

export const RATE_FIELDS = ['admitLimit', 'admitWindowSeconds', 'maxActive'] as const;
export type RateField = (typeof RATE_FIELDS)[number];
const MAX = { admitLimit: 1_000_000, admitWindowSeconds: 3600, maxActive: 10_000_000 };

interface RateFieldsProps {
  /** The values shown at first; a missing field is empty, which means the configured value. */
  shown: Partial<Record<RateField, number>>;
  /** Users who wait now; undefined for a queue that does not exist yet. */
  waiting?: number;
  isRequired: boolean;
}

export function RateFields({ shown, waiting, isRequired }: RateFieldsProps) {
  const { b } = useBoardWords();
  // What was typed counts until another value is shown instead.
  const [typed, setTyped] = useState<
    Partial<Record<string, { value: number; over: number | undefined }>>
  >({});
  const labels = { admitLimit: b.limit, admitWindowSeconds: b.window, maxActive: b.maxActive };
  const note = (event: Event) => {
    const { name, valueAsNumber: value } = event.target as HTMLInputElement;
    setTyped((before) => ({ ...before, [name]: { value, over: shown[name as RateField] } }));
  };
  const shownOrTyped = (name: RateField) => {
    const known = typed[name];
    return (known && known.over === shown[name] ? known.value : shown[name]) ?? Number.NaN;
  };
  const rate = {
    admitLimit: shownOrTyped('admitLimit'),
    admitWindowSeconds: shownOrTyped('admitWindowSeconds'),
  };
  return html`
    ${RATE_FIELDS.map(
      (name) => html`
        <label class="field" key=${`${name} ${shown[name]}`}>
          <span>${labels[name]}</span>
          <input
            name=${name}
            type="number"
            inputmode="numeric"
            min="1"
            max=${MAX[name]}
            required=${isRequired}
            defaultValue=${shown[name]}
            onInput=${note}
          />
        </label>
      `,
    )}
    <${Meaning} rate=${rate} waiting=${waiting} />
  `;
}

/** Such as "At most 36,000 people an hour. The last of 1,200 who wait is admitted at 14:05 at the earliest." */
function Meaning({ rate, waiting }: { rate: Rate; waiting: number | undefined }) {
  const { b, number, moment } = useBoardWords();
  if (!isRate(rate)) return html`<p class="quiet small">${b.rateUnset}</p>`;
  const lastAt = new Date(serverNow() + secondsUntilLast(waiting ?? 0, rate) * 1000).toISOString();
  return html`
    <p class="quiet small" role="status">
      ${b.atMostPerHour(number(perHour(rate)))}
      ${waiting ? ` ${b.lastAdmitted(number(waiting), moment(lastAt))}` : ''}
    </p>
  `;
}
