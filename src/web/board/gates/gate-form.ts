/** Opens a gate of a performance, and shows the QR code that its phone scans. */
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { Concert, Schedule } from '../../../client/index.ts';
import { callApi, codeOf } from '../../api.ts';
import { addressOfGate, titleOfGate } from '../../gate/address.ts';
import { useAction, useQuery } from '../../hooks.ts';
import { notifyProblem } from '../../notifications.ts';
import { QueryResult } from '../../views/parts.ts';
import { useBoardWords } from '../words.ts';

interface OpenedGate {
  gate: string;
  address: string;
  hasToken: boolean;
}

export function GateForm({ schedule, concert }: { schedule: Schedule; concert: Concert }) {
  const {
    b: { gates: b },
    moment,
  } = useBoardWords();
  const [opened, setOpened] = useState<OpenedGate | null>(null);
  const [isBusy, run] = useAction();
  const { id: scheduleId, startAt } = schedule;
  const title = titleOfGate(concert.title, moment(startAt, concert.timeZone));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = String(new FormData(event.target as HTMLFormElement).get('gate')).trim();
    run(async () => {
      try {
        const { gate, token } = await openGate(scheduleId, given);
        const address = addressOfGate(location.origin, { scheduleId, gate, title, token });
        setOpened({ gate, address, hasToken: token !== null });
      } catch (error) {
        notifyProblem(error);
      }
    });
  };
  return html`
    <section class="panel gates-open">
      <h2 class="panel-title">${b.openGate}</h2>
      <p class="quiet">${b.openGateHint}</p>
      <form class="form" onSubmit=${submit}>
        <label class="field">
          <span>${b.gateName}</span>
          <input name="gate" required maxlength="60" autocomplete="off" aria-describedby="gate-example" />
        </label>
        <p class="quiet small" id="gate-example">${b.gateExample}</p>
        <button class="button" aria-disabled=${isBusy}>${b.open}</button>
      </form>
      ${opened && html`<${GateCode} opened=${opened} onHide=${() => setOpened(null)} />`}
    </section>
  `;
}

/** @returns a null token if an identity provider issues the access tokens: the phone then asks for one */
async function openGate(
  scheduleId: number,
  gate: string,
): Promise<{ gate: string; token: string | null }> {
  try {
    const session = await callApi((seatlane) => seatlane.openGate({ scheduleId, gate }));
    return { gate: session.gate, token: session.accessToken };
  } catch (error) {
    if (codeOf(error) === 'TOKENS_ISSUED_ELSEWHERE') return { gate, token: null };
    throw error;
  }
}

function GateCode({ opened, onHide }: { opened: OpenedGate; onHide(): void }) {
  const {
    b: { gates: b },
  } = useBoardWords();
  const { gate, address, hasToken } = opened;
  const query = useQuery(address, (seatlane, options) => seatlane.drawQrCode(address, options));
  return html`
    <div class="gates-code" role="status">
      <h3 class="subtitle">${b.gateOpened(gate)}</h3>
      <${QueryResult} query=${query}>
        ${(svg: string) => html`<${QrPicture} svg=${svg} label=${b.gateQr(gate)} />`}
      <//>
      <p class="quiet">${hasToken ? b.scanThis : b.pasteToken}</p>
      <p class="buttons">
        <a class="button is-plain" href=${address} target="_blank" rel="noopener">${b.openHere}</a>
        <button class="button is-plain" type="button" onClick=${onHide}>${b.hideCode}</button>
      </p>
    </div>
  `;
}

/** Draws the paths of the API's SVG anew: the page's policy allows no markup from elsewhere. */
function QrPicture({ svg, label }: { svg: string; label: string }) {
  const [, viewBox] = /viewBox="([\d ]+)"/.exec(svg) ?? [];
  const [, modules] = /<path d="([^"]+)"/.exec(svg) ?? [];
  return html`
    <svg class="gates-qr" role="img" aria-label=${label} viewBox=${viewBox} shape-rendering="crispEdges">
      <path d=${modules} />
    </svg>
  `;
}
