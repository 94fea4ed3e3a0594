/** The canvas of a map with its keyboard, and the description of the seat under the pointer. */
import { html } from 'htm/preact';
import type { ComponentChildren, RefObject } from 'preact';
import type { HallMap } from './hall-map.ts';

/** Where the pointer is on the map, and over which seat. */
export interface Tip {
  index: number;
  x: number;
  y: number;
}

interface MapFieldProps {
  canvas: RefObject<HTMLCanvasElement>;
  /** Undefined until it is drawn. */
  map: HallMap | undefined;
  label: string;
  /** The id of a hint how to use it. */
  describedBy?: string;
  tip: Tip | undefined;
  /** The seat of an index as text. */
  textOf(index: number): string;
  /** What lies over the canvas. */
  children?: ComponentChildren;
}

export function MapField(props: MapFieldProps) {
  const { canvas, map, label, describedBy, tip, textOf, children } = props;
  const onKey = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (map?.pressKey(event.key)) event.preventDefault();
  };
  const onFocus = ({ currentTarget }: FocusEvent) =>
    map?.showFocus((currentTarget as HTMLElement).matches(':focus-visible'));
  return html`
    <div
      class="map-field"
      role="application"
      tabindex="0"
      aria-label=${label}
      aria-describedby=${describedBy}
      onKeyDown=${onKey}
      onFocus=${onFocus}
      onBlur=${() => map?.showFocus(false)}
    >
      <canvas ref=${canvas} aria-hidden="true" />
      ${children}
      ${
        tip &&
        html`<p class="map-tip" aria-hidden="true" style=${{ left: `${tip.x}px`, top: `${tip.y}px` }}>
            ${textOf(tip.index)}
          </p>`
      }
    </div>
  `;
}
