/** A button that asks again before it acts. */
import { html } from 'htm/preact';
import { useRef } from 'preact/hooks';
import { Question } from './question.ts';
import { useBoardWords } from './words.ts';

interface ConfirmButtonProps {
  label: string;
  /** The question, with the name of what changes. */
  question: string;
  /** What will happen. */
  consequence: string;
  /** The text of the button that acts. */
  action: string;
  /** Asks for a reason too, which the log shows. */
  hasReason?: boolean;
  isSmall?: boolean;
  isBusy: boolean;
  /** @param reason '' unless it was asked for */
  onConfirm(reason: string): void;
}

export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, question, consequence, action, hasReason = false, isSmall = false } = props;
  const { isBusy, onConfirm } = props;
  const { t } = useBoardWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const open = () => {
    if (!isBusy) dialog.current?.showModal();
  };
  const confirm = (reason: string) => {
    dialog.current?.close();
    onConfirm(reason);
  };
  const look = isSmall ? 'button is-plain is-small' : 'button is-plain';
  return html`
    <button class=${look} type="button" aria-disabled=${isBusy} onClick=${open}>${label}</button>
    <${Question}
      dialog=${dialog}
      title=${question}
      text=${consequence}
      confirm=${action}
      cancel=${t.keep}
      hasReason=${hasReason}
      onConfirm=${confirm}
    />
  `;
}
