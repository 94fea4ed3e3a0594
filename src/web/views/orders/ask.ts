/** Asks before something is given back: what happens, and two buttons. */
import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import { useWords } from '../../texts.ts';

export interface AskProps {
  /** The question. It gets the focus, so that screen readers read it out. */
  title: string;
  /** What happens then, one sentence each. */
  details?: readonly string[];
  confirmText: string;
  isBusy: boolean;
  confirm(): void;
  cancel(): void;
}

export function Ask({ title, details = [], confirmText, isBusy, confirm, cancel }: AskProps) {
  const { t } = useWords();
  const question = useRef<HTMLParagraphElement>(null);
  useEffect(() => question.current?.focus(), []);
  return html`
    <div class="ask" role="group" aria-label=${title}>
      <p class="ask-title" tabindex="-1" ref=${question}>${title}</p>
      ${details.map((detail) => html`<p class="small">${detail}</p>`)}
      <p class="ask-buttons">
        <button class="button is-small is-alert" type="button" aria-disabled=${isBusy} onClick=${confirm}>${confirmText}</button>
        <button class="button is-plain is-small" type="button" onClick=${cancel}>${t.keep}</button>
      </p>
    </div>
  `;
}
