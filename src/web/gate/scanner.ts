/** The open gate: the camera, the field for typed codes, the answer, and what is not sent yet. */
import { html } from 'htm/preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useStore } from '../store.ts';
import type { Gate } from './address.ts';
import { AnswerView } from './answer.ts';
import { CameraView } from './camera-view.ts';
import { type Answer, check } from './check.ts';
import { closeGate, renewByAddress } from './opening.ts';
import { SignedOutNote } from './opening-form.ts';
import { listenToScanner } from './scanning/hand-scanner.ts';
import { allowSound, signal } from './scanning/signals.ts';
import { Counts, KeptScans, Status } from './status.ts';
import { scans, showScans, sync } from './sync.ts';
import { useGateWords } from './words.ts';

/** The camera takes no other code while people look at an answer, in ms. */
const SHOWN_MS = 1000;

export function ScannerView({ gate }: { gate: Gate }) {
  const { g } = useGateWords();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [isChecking, setChecking] = useState(false);
  const kept = useStore(scans);
  const busy = useRef(false);
  const answeredAt = useRef(Number.NEGATIVE_INFINITY);
  const scan = useCallback(
    async (text: string) => {
      // One guest at a time.
      if (busy.current || text === '') return;
      busy.current = true;
      setChecking(true);
      // Nobody may walk in on the answer for the guest before. It stays open, so that a hand scanner's keys are not lost.
      setAnswer((before) => before && { state: 'checking' });
      try {
        if (await renewByAddress(text)) return setAnswer(null);
        const found = await check(text, gate);
        setAnswer(found);
        answeredAt.current = performance.now();
        signal(found.state === 'enter');
        void showScans().then(sync).catch(console.error);
      } catch (error) {
        // Nobody is let in by a scan that is kept nowhere.
        console.error(error);
        setAnswer({ state: 'unknown', reason: 'broken' });
        answeredAt.current = performance.now();
        signal(false);
      } finally {
        busy.current = false;
        setChecking(false);
      }
    },
    [gate.scheduleId, gate.gate],
  );
  useEffect(
    () =>
      listenToScanner((code) => {
        allowSound();
        void scan(code);
      }),
    [scan],
  );
  const isBusy = useCallback(
    () => busy.current || performance.now() - answeredAt.current < SHOWN_MS,
    [],
  );
  return html`
    <${Status} />
    <${Counts} />
    <${CameraView} onCode=${scan} isBusy=${isBusy} isChecking=${isChecking} isSmall=${answer !== null} />
    <${TypedCode} onCode=${scan} isChecking=${isChecking} />
    <${SignedOutNote} />
    <${KeptScans} gate=${gate} />
    <${CloseGate} unsent=${kept.filter(({ refusal }) => refusal === null).length} />
    <p class="sr" role="status">${isChecking ? g.checking : ''}</p>
    ${answer && html`<${AnswerView} answer=${answer} onNext=${() => setAnswer(null)} />`}
  `;
}

interface TypedCodeProps {
  onCode(text: string): Promise<void>;
  isChecking: boolean;
}

/** Also for hand scanners, which type the code and press Enter. */
function TypedCode({ onCode, isChecking }: TypedCodeProps) {
  const { g } = useGateWords();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const code = String(new FormData(form).get('code')).trim();
    if (isChecking) return;
    allowSound();
    form.reset();
    void onCode(code);
  };
  return html`
    <form class="gate-typed" onSubmit=${submit}>
      <label class="field">
        <span>${g.typed}</span>
        <input name="code" required autocomplete="off" autocapitalize="none" spellcheck=${false} enterkeyhint="go" />
      </label>
      <button class="button is-plain" aria-disabled=${isChecking}>${isChecking ? g.checking : g.check}</button>
    </form>
  `;
}

/** In two steps, because a gate is not closed by a slip. What is not sent stays on the device. */
function CloseGate({ unsent }: { unsent: number }) {
  const { g } = useGateWords();
  return html`
    <details class="gate-close">
      <summary class="link">${g.close}</summary>
      <p class="quiet">${unsent > 0 ? g.keptWhenClosed(unsent) : g.reopen}</p>
      <button class="button is-plain" type="button" onClick=${() => void closeGate()}>${g.close}</button>
    </details>
  `;
}
