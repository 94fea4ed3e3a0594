/** The sales of a performance over time: bars for eyes, and a table. */
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { SalesSeries, SalesStep } from '../../../client/index.ts';
import { useQuery } from '../../hooks.ts';
import { QueryResult } from '../../views/parts.ts';
import { Toggle } from '../toggle.ts';
import { useRefetch } from '../use-refetch.ts';
import { useBoardWords } from '../words.ts';

type Step = 'day' | 'hour';

/** @param version changes when something was sold or refunded */
export function Series({ scheduleId, version }: { scheduleId: number; version: number }) {
  const { b } = useBoardWords();
  const words = b.salesPage;
  const [step, setStep] = useState<Step>('day');
  const query = useQuery(`series ${scheduleId} ${step}`, (seatlane, options) =>
    seatlane.salesSeries(scheduleId, { ...options, step }),
  );
  useRefetch(query.refetch, version);
  const options = [
    ['day', words.byDay],
    ['hour', words.byHour],
  ] as const;
  return html`
    <section class="panel sales-series">
      <div class="panel-head">
        <h2 class="panel-title">${words.overTime}</h2>
        <${Toggle} label=${words.overTime} options=${options} chosen=${step} choose=${setStep} />
      </div>
      <${QueryResult} query=${query}>
        ${({ items, timeZone }: SalesSeries) =>
          items.length === 0
            ? html`<p class="quiet">${words.noSales}</p>`
            : html`
                <p class="quiet small">${words.inZone(timeZone)}</p>
                <${Bars} steps=${items} step=${step} timeZone=${timeZone} />
                <${StepTable} steps=${items} step=${step} timeZone=${timeZone} />
              `}
      <//>
    </section>
  `;
}

interface StepsProps {
  steps: readonly SalesStep[];
  step: Step;
  timeZone: string;
}

const HEIGHT = 140;
/** The width of a bar with its gap. */
const BAR = 10;
/** So that a few bars do not fill the whole width. */
const BARS_MIN = 14;

function Bars({ steps, step, timeZone }: StepsProps) {
  const { b, number } = useBoardWords();
  const format = useStepFormat(step, timeZone);
  const most = Math.max(1, ...steps.map(({ sold }) => sold));
  const mostReturned = Math.max(0, ...steps.map(({ returned }) => returned));
  const unit = HEIGHT / (most + mostReturned);
  const axis = most * unit;
  const width = Math.max(BARS_MIN, steps.length) * BAR;
  const [first, last] = [steps[0]?.from ?? '', steps.at(-1)?.from ?? ''];
  return html`
    <p class="quiet small">${b.salesPage.chartOf(number(most))}</p>
    <svg class="sales-bars" viewBox=${`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      ${steps.map(
        ({ from, sold, returned }, index) => html`
          <g key=${from}>
            <rect class="sales-bar" x=${index * BAR + 1} width=${BAR - 2} y=${axis - sold * unit} height=${sold * unit} />
            <rect class="sales-bar is-returned" x=${index * BAR + 1} width=${BAR - 2} y=${axis} height=${returned * unit} />
          </g>
        `,
      )}
      <line class="sales-axis" x1="0" x2=${width} y1=${axis} y2=${axis} />
    </svg>
    <p class="quiet small">${first === last ? format(first) : `${format(first)} – ${format(last)}`}</p>
  `;
}

function StepTable({ steps, step, timeZone }: StepsProps) {
  const { b, number } = useBoardWords();
  const words = b.salesPage;
  const format = useStepFormat(step, timeZone);
  const changed = steps.filter(({ sold, returned }) => sold + returned > 0);
  return html`
    <details>
      <summary class="small">${words.asTable}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label=${words.overTime}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">${words.from}</th>
              <th scope="col">${words.sold}</th>
              <th scope="col">${words.revenue}</th>
              <th scope="col">${words.returned}</th>
              <th scope="col">${words.refunded}</th>
            </tr>
          </thead>
          <tbody>
            ${changed.toReversed().map(
              ({ from, sold, revenue, returned, refunded }) => html`
                <tr key=${from}>
                  <th scope="row">${format(from)}</th>
                  <td>${number(sold)}</td>
                  <td>${number(revenue)}</td>
                  <td>${number(returned)}</td>
                  <td>${number(refunded)}</td>
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
    </details>
  `;
}

/** Days and hours are shown in the venue's zone, by whose clock they begin. */
function useStepFormat(step: Step, timeZone: string): (from: string) => string {
  const { day, moment } = useBoardWords();
  return (from) => (step === 'day' ? day(from, timeZone) : moment(from, timeZone));
}
