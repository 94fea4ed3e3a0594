/** The map on which an operator chooses seats: by clicks, by rectangles and by the keyboard. */
import { html } from 'htm/preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useSubscription } from '../../hooks.ts';
import type { Categories } from '../../map/draw/categories.ts';
import type { Box } from '../../map/gestures.ts';
import { HallMap } from '../../map/hall-map.ts';
import { MapBar } from '../../map/map-bar.ts';
import { MapField, type Tip } from '../../map/map-field.ts';
import type { SeatStates } from '../../map/seat-states.ts';
import { Toggle } from '../toggle.ts';
import { useBoardWords } from '../words.ts';
import type { BlockedReasons } from './blocked-reasons.ts';
import { PlacesLegend } from './places-legend.ts';
import { describeSeat, type Performance } from './seat-text.ts';
import { NOTHING, type Selection } from './selection.ts';

interface PlacesMapProps {
  title: string;
  schedule: Performance;
  states: SeatStates;
  categories: Categories;
  reasons: BlockedReasons;
  chosen: Selection;
  isLive: boolean;
  toggle(index: number): void;
  change(indexes: readonly number[], isRemoving: boolean): void;
}

/** What a drag does, and what a rectangle does with its seats. */
type Mode = 'choose' | 'move';
type Rectangle = 'add' | 'remove';

export function PlacesMap(props: PlacesMapProps) {
  const { title, schedule, states, categories, reasons, chosen, isLive } = props;
  const words = useBoardWords();
  const { b, t } = words;
  useSubscription(states);
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLSpanElement>(null);
  const [map, setMap] = useState<HallMap>();
  const [mode, setMode] = useState<Mode>('choose');
  const [rectangle, setRectangle] = useState<Rectangle>('add');
  const [focused, setFocused] = useState<number>();
  const [tip, setTip] = useState<Tip>();
  const latest = useRef({ ...props, rectangle });
  latest.current = { ...props, rectangle };

  useEffect(() => {
    const made = new HallMap(
      canvas.current as HTMLCanvasElement,
      states,
      { stage: t.stage, categories },
      {
        pick: (index) => latest.current.toggle(index),
        focus: setFocused,
        hover: (index, at) => setTip(index === undefined ? undefined : { index, ...at }),
        draw: (box) => show(frame.current, box),
        drawn: (indexes, isShift) =>
          latest.current.change(indexes, isShift || latest.current.rectangle === 'remove'),
      },
    );
    setMap(made);
    return () => made.stop();
  }, [states, categories, t]);
  useEffect(() => map?.setOwn(NOTHING, chosen), [map, chosen]);
  // With the new mode on the screen, the next press must follow it.
  useLayoutEffect(() => {
    if (map) map.isDrawing = mode === 'choose';
  }, [map, mode]);

  const textOf = (index: number) =>
    describeSeat(words, index, { states, schedule, reasons, chosen });
  return html`
    <section class="places-main" aria-label=${b.places.map(title)}>
      <div class="places-tools">
        <${Toggle}
          label=${b.places.mode}
          options=${optionsOf(b.places.modes)}
          chosen=${mode}
          choose=${setMode}
        />
        ${
          mode === 'choose' &&
          html`<${Toggle}
            label=${b.places.rectangle}
            options=${optionsOf(b.places.rectangles)}
            chosen=${rectangle}
            choose=${setRectangle}
          />`
        }
      </div>
      <div class="map">
        <${MapField}
          canvas=${canvas}
          map=${map}
          label=${b.places.map(title)}
          describedBy="places-keys"
          tip=${tip}
          textOf=${textOf}
        >
          <span class="places-frame" ref=${frame} hidden aria-hidden="true" />
        <//>
        <p class="sr" id="places-keys">${b.places.keys}</p>
        <p class="sr" role="status" aria-live="polite">${focused === undefined ? '' : textOf(focused)}</p>
        <${MapBar} view=${map?.view} isLive=${isLive} hint=${b.places.hints[mode]} />
      </div>
      <${PlacesLegend} schedule=${schedule} states=${states} categories=${categories} />
    </section>
  `;
}

function optionsOf<Value extends string>(texts: Readonly<Record<Value, string>>) {
  return Object.entries(texts) as [Value, string][];
}

/** Shows the rectangle while it is drawn, without rendering anything anew: it moves with each event of the pointer. */
function show(element: HTMLElement | null, box: Box | undefined): void {
  if (!element) return;
  element.hidden = box === undefined;
  if (!box) return;
  const { style } = element;
  style.transform = `translate(${box.left}px, ${box.top}px)`;
  style.width = `${box.right - box.left}px`;
  style.height = `${box.bottom - box.top}px`;
}
