/** The seat map as a component: canvas, zoom buttons, and the description of the seat under pointer or focus. */
import { html } from 'htm/preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useSubscription } from '../hooks.ts';
import { useWords, type Words } from '../texts.ts';
import { HallMap } from './hall-map.ts';
import { FREE, HELD, type SeatStates } from './seat-states.ts';

export interface SeatMapProps {
  states: SeatStates;
  /** Indexes of seats. */
  mine: ReadonlySet<number>;
  chosen: ReadonlySet<number>;
  isLive: boolean;
  pick(index: number): void;
}

interface Tip {
  index: number;
  x: number;
  y: number;
}

export function SeatMap({ states, mine, chosen, isLive, pick }: SeatMapProps) {
  const words = useWords();
  const { t } = words;
  useSubscription(states);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [map, setMap] = useState<HallMap>();
  const [focused, setFocused] = useState<number>();
  const [tip, setTip] = useState<Tip>();
  const latest = useRef(pick);
  latest.current = pick;

  useEffect(() => {
    const made = new HallMap(canvas.current as HTMLCanvasElement, states, t.stage, {
      pick: (index) => latest.current(index),
      focus: setFocused,
      hover: (index, at) => setTip(index === undefined ? undefined : { index, ...at }),
    });
    setMap(made);
    return () => made.stop();
  }, [states, t]);
  useEffect(() => map?.setOwn(mine, chosen), [map, mine, chosen]);

  const own = useMemo(() => ({ mine, chosen }), [mine, chosen]);
  const onKey = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (map?.pressKey(event.key)) event.preventDefault();
  };
  const onFocus = ({ currentTarget }: FocusEvent) =>
    map?.showFocus((currentTarget as HTMLElement).matches(':focus-visible'));
  const spoken = focused === undefined ? '' : describe(words, states, focused, own);

  return html`
    <div class="map">
      <div
        class="map-field"
        role="application"
        tabindex="0"
        aria-label=${t.mapLabel}
        aria-describedby="map-hint"
        onKeyDown=${onKey}
        onFocus=${onFocus}
        onBlur=${() => map?.showFocus(false)}
      >
        <canvas ref=${canvas} aria-hidden="true" />
      </div>
      <p class="sr" id="map-hint">${t.mapHint}</p>
      <p class="sr" role="status" aria-live="polite">${spoken}</p>
      ${tip && html`<${TipBox} tip=${tip} text=${describe(words, states, tip.index, own)} />`}
      <span class="map-live ${isLive ? '' : 'is-stale'}">${isLive ? t.isLive : t.isStale}</span>
      <div class="map-buttons">
        <${ZoomButton} label=${t.zoomIn} sign="+" onPress=${() => map?.camera.glideZoom(1.6)} />
        <${ZoomButton} label=${t.zoomOut} sign="−" onPress=${() => map?.camera.glideZoom(1 / 1.6)} />
        <${ZoomButton} label=${t.whole} sign="⤢" onPress=${() => map?.camera.showWhole()} />
      </div>
    </div>
  `;
}

function ZoomButton(props: { label: string; sign: string; onPress: () => void }) {
  const { label, sign, onPress } = props;
  return html`
    <button class="map-button" type="button" aria-label=${label} title=${label} onClick=${onPress}>
      <span aria-hidden="true">${sign}</span>
    </button>
  `;
}

function TipBox({ tip: { x, y }, text }: { tip: Tip; text: string }) {
  return html`
    <p class="map-tip" aria-hidden="true" style=${{ left: `${x}px`, top: `${y}px` }}>${text}</p>
  `;
}

/** The name, price and state of a seat as text. */
function describe(
  { t, number }: Words,
  states: SeatStates,
  index: number,
  { mine, chosen }: Pick<SeatMapProps, 'mine' | 'chosen'>,
): string {
  const seat = states.seats[index];
  if (!seat) return '';
  const name = t.seatName(seat.section, seat.row, seat.number);
  const code = states.codes[index];
  const state = code === FREE ? t.state.available : code === HELD ? t.state.held : t.state.sold;
  const own = mine.has(index) ? t.state.mine : chosen.has(index) ? t.state.chosen : state;
  return `${name} · ${t.points(number(seat.price))} · ${own}`;
}
