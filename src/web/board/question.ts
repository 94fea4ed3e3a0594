/** The dialog of a question that is asked before something happens. It keeps the focus while it is open. */
import { html } from 'htm/preact';
import type { RefObject } from 'preact';
import { useId } from 'preact/hooks';
import { useBoardWords } from './words.ts';

interface QuestionProps {
  dialog: RefObject<HTMLDialogElement>;
  title: string;
  /** What will happen. */
  text: string;
  /** The text of the button that acts. */
  confirm: string;
  /** The text of the button that does nothing. */
  cancel: string;
  hasReason: boolean;
  isDanger?: boolean;
  isBusy?: boolean;
  /** @param reason '' unless it was asked for */
  onConfirm(reason: string): void;
}

export function Question(props: QuestionProps) {
  const { dialog, title, text, confirm, cancel, hasReason, isDanger, isBusy, onConfirm } = props;
  const { b } = useBoardWords();
  const id = useId();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    onConfirm(String(given.get('reason') ?? '').trim());
  };
  return html`
    <dialog class="dialog" ref=${dialog} aria-labelledby=${`${id}-title`} aria-describedby=${`${id}-text`}>
      <form class="form" onSubmit=${submit}>
        <h2 class="panel-title" id=${`${id}-title`}>${title}</h2>
        <p id=${`${id}-text`}>${text}</p>
        ${
          hasReason &&
          html`<label class="field">
              <span>${b.reason}</span>
              <input name="reason" required maxlength="200" autocomplete="off" pattern=".*\\S.*" />
            </label>`
        }
        <div class="buttons">
          <button class="button ${isDanger ? 'is-danger' : ''}" aria-disabled=${isBusy}>${confirm}</button>
          <button class="button is-plain" type="button" onClick=${() => dialog.current?.close()}>${cancel}</button>
        </div>
      </form>
    </dialog>
  `;
}
