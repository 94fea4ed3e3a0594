/** The legend of the seat map: a colour for each price, a shape for each state. */
import { html } from 'htm/preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Seat } from '../../commands/schemas/resources.ts';
import { drawSeat, type Look } from '../map/seat-shape.ts';
import { onSchemeChange, readTheme, tiersOf } from '../map/theme.ts';
import { useWords } from '../texts.ts';

const PRICES_SHOWN_MAX = 5;

export function Legend({ seats }: { seats: readonly Seat[] }) {
  const { t, number } = useWords();
  const { prices: all, count } = useMemo(() => tiersOf(seats), [seats]);
  const prices =
    all.length <= PRICES_SHOWN_MAX
      ? all.map(({ price, tier }) => ({ tier, text: number(price) }))
      : [all[0], all.at(-1)].flatMap((each) =>
          each ? [{ tier: each.tier, text: number(each.price) }] : [],
        );
  return html`
    <ul class="legend">
      ${prices
        .toReversed()
        .map(
          ({ tier, text }) =>
            html`<${LegendItem} key=${text} look="free" tier=${tier} tiers=${count} text=${text} />`,
        )}
      <${LegendItem} look="held" tiers=${count} text=${t.legendHeld} />
      <${LegendItem} look="sold" tiers=${count} text=${t.legendSold} />
      <${LegendItem} look="mine" tiers=${count} text=${t.legendMine} />
    </ul>
  `;
}

const SIDE = 18;
const PIXEL_RATIO = 2;

function LegendItem(props: { look: Look; tier?: number; tiers: number; text: string }) {
  const { look, tier = 0, tiers, text } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const draw = () => {
      context.setTransform(PIXEL_RATIO, 0, 0, PIXEL_RATIO, 0, 0);
      context.clearRect(0, 0, SIDE, SIDE);
      drawSeat(context, readTheme(tiers), { x: 0, y: 0, size: SIDE }, { look, tier, number: 0 });
    };
    draw();
    return onSchemeChange(draw);
  }, [look, tier, tiers]);
  const side = SIDE * PIXEL_RATIO;
  return html`
    <li class="legend-item"><canvas ref=${canvas} width=${side} height=${side} aria-hidden="true" />${text}</li>
  `;
}
