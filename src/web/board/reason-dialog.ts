/** Asks again before something that cannot be taken back, and for the reason that the operators' log keeps. */
import { html } from 'htm/preact';
import { useRef } from 'preact/hooks';
import { useAction } from '../hooks.ts';
import { notify, notifyProblem } from '../notifications.ts';
import { Question } from './question.ts';
import { useBoardWords } from './words.ts';

interface ReasonDialogProps {
  /** The text of the button that opens it. */
  label: string;
  /** What is about to happen, as a question. */
  title: string;
  /** What follows from it. */
  text: string;
  /** The text of the button that does it. */
  confirm: string;
  /** The news afterwards. */
  done: string;
  act(reason: string): Promise<unknown>;
  /** Called afterwards, also if it was refused: what the page shows may be old. */
  onDone(): void;
}

export function ReasonDialog(props: ReasonDialogProps) {
  const { label, title, text, confirm, done, act, onDone } = props;
  const { b } = useBoardWords();
  const [isBusy, run] = useAction();
  const dialog = useRef<HTMLDialogElement>(null);
  const confirmed = (reason: string) =>
    run(async () => {
      try {
        await act(reason);
        notify(() => done);
      } catch (error) {
        notifyProblem(error);
      }
      dialog.current?.close();
      onDone();
    });
  return html`
    <button class="button is-plain is-small is-danger" type="button" onClick=${() => dialog.current?.showModal()}>${label}</button>
    <${Question}
      dialog=${dialog}
      title=${title}
      text=${text}
      confirm=${confirm}
      cancel=${b.keepAsIs}
      hasReason
      isDanger
      isBusy=${isBusy}
      onConfirm=${confirmed}
    />
  `;
}
