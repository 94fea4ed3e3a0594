/** The button with which a waiting user asks to be told when admitted. */
import { html } from 'htm/preact';
import { useAction } from '../../hooks.ts';
import { alertKind, prepareAlert } from '../../queue/alert.ts';
import { wantAlert } from '../../queue-entry.ts';
import { turn } from '../../session.ts';
import { useStore } from '../../store.ts';
import { useWords } from '../../texts.ts';

export function AlertChoice() {
  const { t } = useWords();
  const isWanted = useStore(turn)?.isAlertWanted ?? false;
  const [isAsking, run] = useAction();
  const toggle = () => run(async () => (isWanted ? wantAlert(false) : askForAlert()));
  return html`
    <div class="alert-choice">
      <button
        class="button is-plain is-small"
        type="button"
        aria-pressed=${isWanted}
        aria-disabled=${isAsking}
        onClick=${toggle}
      >${t.alertMe}</button>
      <p class="quiet small" role="status">${isWanted ? t.alertOn[alertKind()] : ''}</p>
    </div>
  `;
}

/** The user's answer to the browser may come late, and even a refusal leaves the sound. */
async function askForAlert(): Promise<void> {
  await prepareAlert().catch(() => undefined);
  wantAlert(true);
}
