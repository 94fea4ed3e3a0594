/** The form that opens a gate, and the note that asks for a new token. */
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { useAction } from '../hooks.ts';
import { useStore } from '../store.ts';
import { tokenIn } from '../token-text.ts';
import { openByAddress, openGate } from './opening.ts';
import { currentGate, gateToken } from './session.ts';
import { useGateWords } from './words.ts';

/** Takes the address that the board shows, or a token of an identity provider with the gate it is for. */
export function OpeningForm() {
  const { g } = useGateWords();
  const gate = useStore(currentGate);
  const [isBusy, run] = useAction();
  const [fault, setFault] = useState('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const text = (name: string) => String(given.get(name) ?? '').trim();
    const typed = { scheduleId: Number(text('schedule')), gate: text('gate'), title: '' };
    run(async () => {
      if (await openByAddress(text('token'))) return;
      const chosen = gate ?? typed;
      const isWhole = chosen.scheduleId > 0 && chosen.gate !== '';
      const token = tokenIn(text('token'));
      setFault(!isWhole ? g.needsPlace : token === undefined ? g.noToken : '');
      if (isWhole && token !== undefined) await openGate(chosen, token);
    });
  };
  return html`
    <form class="panel" onSubmit=${submit}>
      <h2 class="panel-title">${g.openTitle}</h2>
      <p class="quiet" id="opening-hint">${g.openHint}</p>
      <label class="field">
        <span>${g.addressOrToken}</span>
        <input name="token" required autocomplete="off" autocapitalize="none" spellcheck=${false} aria-describedby="opening-hint" />
      </label>
      ${
        !gate &&
        html`
          <label class="field">
            <span>${g.schedule}</span>
            <input name="schedule" inputmode="numeric" pattern="[1-9][0-9]*" autocomplete="off" />
          </label>
          <label class="field">
            <span>${g.gateName}</span>
            <input name="gate" maxlength="60" autocomplete="off" />
          </label>
        `
      }
      ${fault && html`<p class="is-bad" role="alert">${fault}</p>`}
      <button class="button" aria-disabled=${isBusy}>${g.open}</button>
    </form>
  `;
}

/** Asks for a new token while scans go on; the scans that are kept need it. */
export function SignedOutNote() {
  const { g } = useGateWords();
  const token = useStore(gateToken);
  if (token !== null) return null;
  return html`
    <div class="gate-note is-bad" role="alert"><p>${g.signedOut}</p></div>
    <${OpeningForm} />
  `;
}
