/** Closes the sale of a concert or of one performance, and opens it again. */
import { html } from 'htm/preact';
import type { SeatlaneOperator } from '../../../client/index.ts';
import { ConfirmButton } from '../confirm-button.ts';
import { useBoardWords } from '../words.ts';
import { useAct } from './act.ts';

interface ClosingProps {
  /** The concert or performance, in the question. */
  name: string;
  isClosed: boolean;
  isSmall?: boolean;
  close(seatlane: SeatlaneOperator, reason: string): Promise<unknown>;
  reopen(seatlane: SeatlaneOperator): Promise<unknown>;
  onChanged(): void;
}

export function Closing({
  name,
  isClosed,
  isSmall = false,
  close,
  reopen,
  onChanged,
}: ClosingProps) {
  const { b } = useBoardWords();
  const [isBusy, act] = useAct(onChanged);
  if (isClosed) {
    const look = isSmall ? 'button is-plain is-small' : 'button is-plain';
    return html`
      <button class=${look} type="button" aria-disabled=${isBusy} onClick=${() => act(reopen, b.saleReopened)}>${b.reopenSale}</button>
    `;
  }
  return html`
    <${ConfirmButton}
      label=${b.closeSale}
      question=${b.closeQuestion(name)}
      consequence=${b.closeConsequence}
      action=${b.closeNow}
      hasReason
      isSmall=${isSmall}
      isBusy=${isBusy}
      onConfirm=${(reason: string) => act((seatlane) => close(seatlane, reason), b.saleClosed)}
    />
  `;
}
