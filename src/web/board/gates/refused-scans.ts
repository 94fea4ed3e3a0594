/** The scans of a performance that were refused after the gate had let the holder in. */
import { html } from 'htm/preact';
import type { RefusedScan } from '../../../client/index.ts';
import { usePages } from '../../use-pages.ts';
import { PagesOf } from '../pages-of.ts';
import { useBoardWords } from '../words.ts';

export function RefusedScans({ scheduleId }: { scheduleId: number }) {
  const {
    b: { gates: b },
  } = useBoardWords();
  const scans = usePages(`refused scans of ${scheduleId}`, (seatlane, options) =>
    seatlane.refusedScans(scheduleId, options),
  );
  return html`
    <section class="panel gates-refused">
      <h2 class="panel-title">${b.refusedScans}</h2>
      <p class="quiet small">${b.refusedScansWhy}</p>
      <${PagesOf} pages=${scans} empty=${b.noRefusedScans}>
        ${(items: readonly RefusedScan[]) => html`<${ScanTable} scans=${items} />`}
      <//>
    </section>
  `;
}

function ScanTable({ scans }: { scans: readonly RefusedScan[] }) {
  const {
    b: { gates: b },
  } = useBoardWords();
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${b.refusedScans}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">${b.place}</th>
            <th scope="col">${b.lateReason}</th>
            <th scope="col">${b.letInBy}</th>
            <th scope="col">${b.scannedAt}</th>
            <th scope="col">${b.usedBefore}</th>
          </tr>
        </thead>
        <tbody>
          ${scans.map((scan) => html`<${ScanRow} key=${scan.id} scan=${scan} />`)}
        </tbody>
      </table>
    </div>
  `;
}

function ScanRow({ scan }: { scan: RefusedScan }) {
  const {
    b: { gates: b },
    t,
    moment,
  } = useBoardWords();
  const { seat, ticketId, orderId, gate, reason, scannedAt, usedAt, usedGate } = scan;
  const { areaName, section, row, seatNumber } = seat;
  const place = areaName ?? (seatNumber === null ? '' : t.seatName(section, row, seatNumber));
  return html`
    <tr>
      <th scope="row">${place} <span class="quiet small">${b.ticketOf(ticketId, orderId)}</span></th>
      <td>${b.lateReasons[reason] ?? reason}</td>
      <td>${gate}</td>
      <td>${moment(scannedAt)}</td>
      <td>${usedAt !== null && `${moment(usedAt)}, ${usedGate}`}</td>
    </tr>
  `;
}
