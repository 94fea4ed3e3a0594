/** The board's tables: seats by state, cancelled performances, commands by outcome, lanes with their owners. */
import { html } from 'htm/preact';
import type { Figures } from '../watch.ts';
import { useBoardWords } from '../words.ts';
import type { CommandRate } from './history.ts';

export function SeatBars({ schedules }: Pick<Figures, 'schedules'>) {
  const { b, t, number, moment } = useBoardWords();
  return html`
    <section class="panel board-seats">
      <h2 class="panel-title">${b.seats}</h2>
      ${schedules.length === 0 && html`<p class="quiet">${b.noSeats}</p>`}
      <ul class="bars">
        ${schedules.map(({ id, title, startAt, timeZone, sold, held, available, blocked }) => {
          const all = Math.max(1, sold + held + available + blocked);
          const width = (count: number) => ({ width: `${(100 * count) / all}%` });
          return html`
            <li key=${id}>
              <p class="bar-title"><span>${title}</span> <span class="quiet small">${moment(startAt, timeZone)}</span></p>
              <div class="bar" aria-hidden="true">
                <span class="bar-sold" style=${width(sold)} />
                <span class="bar-held" style=${width(held)} />
                <span class="bar-blocked" style=${width(blocked)} />
              </div>
              <p class="bar-legend small">
                <span><i class="dot is-sold" />${b.sold} <b>${number(sold)}</b></span>
                <span><i class="dot is-held" />${b.held} <b>${number(held)}</b></span>
                <span><i class="dot is-free" />${b.free} <b>${number(available)}</b></span>
                ${blocked > 0 && html`<span><i class="dot is-blocked" />${b.blocked} <b>${number(blocked)}</b></span>`}
                <span class="quiet">${t.seats(all, number(all))}</span>
              </p>
            </li>
          `;
        })}
      </ul>
    </section>
  `;
}

/** Shown only while orders of a cancelled performance are being refunded. */
export function CancellationList({ cancellations }: Pick<Figures, 'cancellations'>) {
  const { b, number, moment } = useBoardWords();
  if (cancellations.length === 0) return null;
  return html`
    <section class="panel board-cancellations">
      <h2 class="panel-title">${b.cancellations}</h2>
      <ul class="bars">
        ${cancellations.map(({ scheduleId, title, orders, refunded, ...left }) => {
          const width = { width: `${(100 * refunded) / Math.max(1, orders)}%` };
          return html`
            <li key=${scheduleId}>
              <p class="bar-title"><span>${title}</span> <span class="quiet small">${moment(left.startAt, left.timeZone)}</span></p>
              <div class="bar" aria-hidden="true"><span class="bar-sold" style=${width} /></div>
              <p class="bar-legend small">
                <span>${b.refundedOf(number(refunded), number(orders))}</span>
                <span>${b.pendingOrders} <b>${number(left.pending)}</b></span>
                <span>${b.holdsLeft} <b>${number(left.holds)}</b></span>
                <span class=${left.failed > 0 ? 'is-bad' : ''}>${b.failed} <b>${number(left.failed)}</b></span>
              </p>
            </li>
          `;
        })}
      </ul>
    </section>
  `;
}

export function CommandTable({ rates }: { rates: readonly CommandRate[] }) {
  const { b, number } = useBoardWords();
  return html`
    <section class="panel board-commands">
      <h2 class="panel-title">${b.byKind}</h2>
      ${
        rates.length === 0
          ? html`<p class="quiet">${b.noCommands}</p>`
          : html`
              <div class="scroll" tabindex="0" role="region" aria-label=${b.byKind}>
                <table class="table">
                  <thead>
                    <tr>
                      <th scope="col">${b.kind}</th>
                      <th scope="col">${b.perSecond}</th>
                      <th scope="col">${b.succeeded}</th>
                      <th scope="col">${b.rejected}</th>
                      <th scope="col">${b.failed}</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${rates.map(
                      ({ command, perSecond, totals }) => html`
                        <tr key=${command}>
                          <th scope="row">${command}</th>
                          <td>${number(Math.round(perSecond * 10) / 10)}</td>
                          <td>${number(totals.succeeded)}</td>
                          <td>${number(totals.rejected)}</td>
                          <td class=${totals.failed > 0 ? 'is-bad' : ''}>${number(totals.failed)}</td>
                        </tr>
                      `,
                    )}
                  </tbody>
                </table>
              </div>
            `
      }
    </section>
  `;
}

export function LaneList({
  lanes,
  waiting,
}: Pick<Figures, 'lanes'> & { waiting: ReadonlyMap<string, number> }) {
  const { b, number } = useBoardWords();
  const longest = Math.max(10, ...waiting.values());
  return html`
    <section class="panel board-lanes">
      <h2 class="panel-title">${b.lanes}</h2>
      <p class="quiet small">${b.lanesWhy}</p>
      <ul class="lanes">
        ${lanes.map(({ name, owner }) => {
          const length = waiting.get(name) ?? 0;
          return html`
            <li class="lane" key=${name}>
              <span class="lane-name">${name}</span>
              <span class="lane-length" aria-hidden="true"><span style=${{ width: `${(100 * length) / longest}%` }} /></span>
              <span class="lane-count number">${number(length)}</span>
              <span class="lane-owner ${owner === null ? 'is-bad' : ''}">${owner ?? b.nobody}</span>
            </li>
          `;
        })}
      </ul>
    </section>
  `;
}
