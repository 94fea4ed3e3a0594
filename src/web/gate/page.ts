/** The gate's page: its head, and the form that opens a gate or the scanner. */
import { html } from 'htm/preact';
import { useStore } from '../store.ts';
import { LanguageSwitch } from '../views/language-switch.ts';
import { OpeningForm } from './opening-form.ts';
import { ScannerView } from './scanner.ts';
import { currentGate, isStorageMissing } from './session.ts';
import { useGateWords } from './words.ts';

export function GatePage() {
  const { g } = useGateWords();
  const gate = useStore(currentGate);
  const hasNoStorage = useStore(isStorageMissing);
  return html`
    <header class="gate-head">
      <div>
        <h1 class="gate-title">${gate ? gate.gate : g.title}</h1>
        ${gate && html`<p class="quiet small">${gate.title || `#${gate.scheduleId}`}</p>`}
      </div>
      <${LanguageSwitch} />
    </header>
    <main class="gate">
      ${!isSecureContext && html`<p class="gate-note is-bad" role="alert">${g.needsTls}</p>`}
      ${hasNoStorage && html`<p class="gate-note is-bad" role="alert">${g.needsStorage}</p>`}
      ${gate === null && html`<${OpeningForm} />`}
      ${gate && html`<${ScannerView} key=${`${gate.scheduleId} ${gate.gate}`} gate=${gate} />`}
    </main>
  `;
}
