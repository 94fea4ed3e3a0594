/** A figure with a line chart of its last minutes. */
import { html } from 'htm/preact';

const WIDTH = 240;
const HEIGHT = 48;
const PAD = 3;

export interface FigureProps {
  label: string;
  /** The formatted value: `1,204`, `18 ms`. */
  value: string;
  /** A short text next to the value. */
  aside?: string;
  values: readonly number[];
  /** Drawn as a horizontal line if it is close enough to the values. */
  ceiling?: number;
}

export function Figure({ label, value, aside, values, ceiling }: FigureProps) {
  return html`
    <div class="figure">
      <h2 class="figure-label">${label}</h2>
      <p class="figure-value">${value} ${aside && html`<span class="figure-aside">${aside}</span>`}</p>
      <${Sparkline} values=${values} ceiling=${ceiling} />
    </div>
  `;
}

function Sparkline({
  values,
  ceiling,
}: {
  values: readonly number[];
  ceiling?: number | undefined;
}) {
  const highest = Math.max(1, ...values);
  const isCeilingSeen = ceiling !== undefined && ceiling <= highest * 2;
  const top = isCeilingSeen ? Math.max(highest, ceiling) : highest;
  const y = (value: number) => HEIGHT - PAD - (value / top) * (HEIGHT - 2 * PAD);
  const x = (index: number) => (values.length < 2 ? WIDTH : (index / (values.length - 1)) * WIDTH);
  const line = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`);
  return html`
    <svg class="sparkline" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      ${isCeilingSeen && html`<line class="sparkline-ceiling" x1="0" x2=${WIDTH} y1=${y(ceiling)} y2=${y(ceiling)} />`}
      ${
        values.length > 1 &&
        html`
          <polygon class="sparkline-area" points=${`0,${HEIGHT} ${line.join(' ')} ${WIDTH},${HEIGHT}`} />
          <polyline class="sparkline-line" points=${line.join(' ')} />
        `
      }
    </svg>
  `;
}
