/** When a sale opens and how it goes: a countdown before it, its state afterwards. */
import { html } from 'htm/preact';
import { useWords } from '../../texts.ts';
import { countdownText, useCountdown } from './countdown.ts';

interface Sale {
  /** ISO 8601. */
  startAt: string;
  state: 'upcoming' | 'open' | 'ended';
  how: 'queue' | 'draw';
  /** ISO 8601; null without a draw. */
  drawAt: string | null;
}

interface SaleLineProps {
  sale: Sale;
  /** Operators accept no new orders. */
  isClosed: boolean;
  timeZone: string | undefined;
}

export function SaleLine({ sale, isClosed, timeZone }: SaleLineProps) {
  const words = useWords();
  const { t, moment } = words;
  const isAhead = sale.state === 'upcoming' && !isClosed;
  const left = useCountdown(isAhead ? sale.startAt : undefined);
  if (isClosed) return html`<span class="sale-line">${t.saleClosed}</span>`;
  if (sale.state === 'ended') return html`<span class="sale-line">${t.saleEnded}</span>`;
  const how =
    sale.how === 'draw' && sale.drawAt !== null
      ? t.byDraw(moment(sale.drawAt, timeZone))
      : t.byQueue;
  if (sale.state === 'open') {
    return html`<span class="sale-line is-open">${t.saleOpen}. <span class="quiet">${how}</span></span>`;
  }
  return html`
    <span class="sale-line">
      ${t.saleOpens(moment(sale.startAt, timeZone))}
      ${' '}<span class="countdown" role="timer">${countdownText(words, left)}</span>
      ${' '}<span class="quiet">${how}</span>
    </span>
  `;
}
