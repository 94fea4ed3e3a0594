/** The page of the rush: live figures of the sale, and the admission controls. */
import { html } from 'htm/preact';
import { useMemo } from 'preact/hooks';
import { useStore } from '../../store.ts';
import { figures, history } from '../watch.ts';
import { useBoardWords } from '../words.ts';
import { AdmissionForm } from './admission-form.ts';
import {
  admittedPerWindow,
  commandRates,
  latencies,
  type Reading,
  ratesByCommand,
  readingsOf,
} from './history.ts';
import { QueueTable, QueueTitle } from './queues.ts';
import { RefundList } from './refunds.ts';
import { Figure } from './sparkline.ts';
import { CancellationList, CommandTable, LaneList, SeatBars } from './tables.ts';

export function RushView() {
  const { b, t } = useBoardWords();
  const readings = useStore(history);
  const last = readings.at(-1);
  return html`
    <h1 class="sr" tabindex="-1">${b.pages.rush}</h1>
    ${
      last
        ? html`<${Readings} readings=${readings} last=${last} />`
        : html`<p class="quiet loading">${t.loading}</p>`
    }
  `;
}

function Readings({ readings, last }: { readings: readonly Reading[]; last: Reading }) {
  const { b, number } = useBoardWords();
  const counted = useStore(figures);
  const { admission } = last;
  const series = useMemo(() => {
    const ofQueue = readingsOf(readings, admission.queueId);
    return {
      waiting: ofQueue.map((reading) => reading.admission.waiting),
      active: ofQueue.map((reading) => reading.admission.active),
      admitted: admittedPerWindow(ofQueue),
      rates: commandRates(readings),
      latencies: latencies(readings, 0.95),
      byCommand: ratesByCommand(readings),
    };
  }, [readings]);
  const queues = counted?.queues ?? [];
  const queue = queues.find(({ id }) => id === admission.queueId);
  const hasChoice = queues.length > 1;
  const latest = (values: readonly number[]) => Math.round(values.at(-1) ?? 0);
  return html`
    ${hasChoice && html`<${QueueTable} queues=${queues} shownId=${admission.queueId} />`}
    ${hasChoice && queue && html`<${QueueTitle} queue=${queue} />`}
    <section class="figures">
      <${Figure} label=${b.waiting} value=${number(admission.waiting)} values=${series.waiting} />
      <${Figure}
        label=${b.active}
        value=${number(admission.active)}
        aside=${b.ofMax(number(admission.maxActive))}
        values=${series.active}
        ceiling=${admission.maxActive}
      />
      <${Figure}
        label=${b.letIn(admission.admitWindowSeconds)}
        value=${number(latest(series.admitted))}
        aside=${b.ofLimit(number(admission.admitLimit))}
        values=${series.admitted}
        ceiling=${admission.admitLimit}
      />
      <${Figure} label=${b.commands} value=${number(latest(series.rates))} values=${series.rates} />
      <${Figure}
        label=${b.latency}
        value=${`${number(latest(series.latencies))} ms`}
        aside=${b.ninetyFive}
        values=${series.latencies}
      />
    </section>
    <div class="board-grid">
      <${AdmissionForm} key=${admission.queueId} admission=${admission} name=${queue?.name ?? ''} />
      ${counted && html`<${SeatBars} schedules=${counted.schedules} />`}
      ${counted && html`<${CancellationList} cancellations=${counted.cancellations} />`}
      ${counted && html`<${RefundList} refunds=${counted.failedRefunds} />`}
      <${CommandTable} rates=${series.byCommand} />
      ${counted && html`<${LaneList} lanes=${counted.lanes} waiting=${last.lanes} />`}
    </div>
  `;
}
