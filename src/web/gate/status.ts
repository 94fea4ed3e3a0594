/** Whether the gate is online, how many have entered, and which scans are not sent or were refused too late. */
import { html } from 'htm/preact';
import { useStore } from '../store.ts';
import type { Gate } from './address.ts';
import { opensOffline } from './device/offline.ts';
import type { KeptScan } from './device/outbox.ts';
import { counts, dismiss, hasKeys, isReachable, scans } from './sync.ts';
import { useGateWords } from './words.ts';

export function Status() {
  const { g } = useGateWords();
  const isOnline = useStore(isReachable);
  const isReady = [useStore(opensOffline), useStore(hasKeys)].every(Boolean);
  return html`
    <p class="gate-status ${isOnline ? '' : 'is-offline'}" role="status">
      <span class="dot" aria-hidden="true" />${isOnline ? g.online : g.offline}
      ${isOnline && html`<span class="quiet small">${isReady ? g.ready : g.notReady}</span>`}
    </p>
  `;
}

export function Counts() {
  const { g, number } = useGateWords();
  const counted = useStore(counts);
  if (!counted) return null;
  const left = Math.max(0, counted.sold - counted.entered);
  return html`
    <dl class="gate-counts number">
      <div><dt>${g.entered}</dt><dd>${number(counted.entered)}</dd></div>
      <div><dt>${g.left}</dt><dd>${number(left)}</dd></div>
    </dl>
  `;
}

export function KeptScans({ gate }: { gate: Gate }) {
  const { g } = useGateWords();
  const kept = useStore(scans);
  const unsent = kept.filter(({ refusal }) => refusal === null);
  const refused = kept.filter(({ refusal }) => refusal !== null);
  const others = unsent.filter(
    (scan) => scan.scheduleId !== gate.scheduleId || scan.gate !== gate.gate,
  );
  const gates = [...new Set(others.map((scan) => scan.gate))].join(', ');
  return html`
    ${
      unsent.length > 0 &&
      html`
        <div class="gate-note">
          <p><b>${g.unsent(unsent.length)}</b></p>
          ${others.length > 0 && html`<p class="small">${g.ofOtherGates(others.length, gates)}</p>`}
        </div>
      `
    }
    ${refused.map((scan) => html`<${LateRefusal} key=${scan.key} scan=${scan} />`)}
  `;
}

function LateRefusal({ scan }: { scan: KeptScan }) {
  const { g, moment } = useGateWords();
  const { key, place, scannedAt, gate, refusal } = scan;
  if (!refusal) return null;
  return html`
    <section class="gate-late" role="alert">
      <h2 class="subtitle">${g.late[refusal.code] ?? g.otherLate}</h2>
      <p class="gate-late-place">${place}</p>
      <p class="small">${g.lateHere(moment(scannedAt), gate)}</p>
      ${refusal.usedAt !== null && html`<p class="small">${g.lateThere(moment(refusal.usedAt), refusal.usedGate ?? '')}</p>`}
      <button class="button is-small is-plain" type="button" onClick=${() => void dismiss(key)}>${g.seen}</button>
    </section>
  `;
}
