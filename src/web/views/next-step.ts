/** What the buyers' page offers after a problem: a button or a link that helps, or a sentence. */
import { html } from 'htm/preact';
import type { StepProps } from '../notifications.ts';
import { addressOf, type View, view } from '../route.ts';
import { useStore } from '../store.ts';
import { useWords } from '../texts.ts';

export function NextStepLink({ code, retry, done }: StepProps) {
  const { t } = useWords();
  const current = useStore(view);
  // A gateway's errors have codes of their own, such as HTTP_413.
  const { text, action } = t.nextSteps[code] ?? t.nextSteps.INTERNAL_ERROR;
  const address = addressFor(action, current);
  if (address) return html`<a class="step" href=${address} onClick=${done}>${text}</a>`;
  const act = action === 'retry' ? retry : focusers[action];
  if (!act) return html`<p>${text}${action === 'none' ? '' : '.'}</p>`;
  const press = () => {
    done();
    act();
  };
  return html`<button class="step" type="button" onClick=${press}>${text}</button>`;
}

type Action = ReturnType<typeof useWords>['t']['nextSteps'][StepProps['code']]['action'];

/** Where the step leads to; undefined if it stays in this view. */
function addressFor(action: Action, current: View): string | undefined {
  const concertId = 'concertId' in current ? current.concertId : undefined;
  const dates = concertId === undefined ? addressOf.concerts : addressOf.concert(concertId);
  switch (action) {
    case 'orders':
      return addressOf.orders;
    case 'queue':
      return dates;
    case 'other-seats':
      return current.name === 'seats' ? undefined : dates;
    default:
      return undefined;
  }
}

const focusOnFirst = (selector: string) => () =>
  document.querySelector<HTMLElement>(selector)?.focus();

/** The steps that stay in the view: they lead to the map, or to what chooses seats without it, and to the form that signs in. */
const focusers: Partial<Record<Action, () => void>> = {
  'other-seats': focusOnFirst('main [role="application"], main .sale-side select'),
  'sign-in': focusOnFirst('main input[name="given"]'),
};
