/** The answer to a scan, over the whole screen: green with the place, or red with the reason. */
import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Texts } from '../texts/en.ts';
import type { Answer, Place } from './check.ts';
import { useGateWords } from './words.ts';

interface AnswerProps {
  answer: Answer;
  onNext(): void;
}

export function AnswerView({ answer, onNext }: AnswerProps) {
  const { g, t, moment } = useGateWords();
  const button = useRef<HTMLButtonElement>(null);
  // Enter goes on, also for hand scanners; and a screen reader says the answer at once.
  useEffect(() => button.current?.focus(), [answer]);
  const kind = KINDS[answer.state];
  return html`
    <section class="gate-answer ${kind}" role="alertdialog" aria-modal="true" aria-labelledby="gate-answer" aria-describedby="gate-answer-why">
      <span class="gate-mark" aria-hidden="true">${MARKS[answer.state]}</span>
      <h2 class="gate-verdict" id="gate-answer">${{ enter: g.enter, refused: g.stayOut, unknown: g.unknown, checking: g.checking }[answer.state]}</h2>
      <div id="gate-answer-why" class="gate-why">
        ${answer.state === 'enter' && html`<p class="gate-place">${nameOf(t, answer.place)}</p>`}
        ${answer.state === 'enter' && !answer.isChecked && html`<p class="gate-unchecked">${g.notChecked}</p>`}
        ${answer.state === 'refused' && html`<p>${g.reasons[answer.reason] ?? g.otherReason(answer.reason)}</p>`}
        ${
          answer.state === 'refused' &&
          answer.usedAt !== null &&
          html`<p class="gate-used">${g.usedAt(moment(answer.usedAt), answer.usedGate ?? '')}</p>`
        }
        ${answer.state === 'refused' && answer.place && html`<p class="gate-place is-quiet">${nameOf(t, answer.place)}</p>`}
        ${answer.state === 'unknown' && html`<p>${g.unknowns[answer.reason]}</p>`}
      </div>
      <button class="button gate-next" type="button" ref=${button} onClick=${onNext}>${g.next}</button>
    </section>
  `;
}

const KINDS = {
  enter: 'is-good',
  refused: 'is-refused',
  unknown: 'is-unknown',
  checking: 'is-checking',
} as const;
/** Told apart by more than colour. */
const MARKS = { enter: '✓', refused: '✕', unknown: '?', checking: '…' } as const;

function nameOf(t: Texts, place: Place): string {
  if (typeof place === 'string') return place;
  return place.areaName ?? t.seatName(place.section, place.row, place.seatNumber ?? 0);
}
