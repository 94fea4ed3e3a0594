/** The whole hall, small, with a frame around the visible part. A press or a drag moves the view there. For pointers only. */
import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import type { HallView } from './draw/hall-view.ts';

/** The largest size in CSS pixels. */
const WIDTH = 104;
const HEIGHT = 60;
const PIXEL_RATIO = 2;

export function MiniMap({ view }: { view: HallView }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLSpanElement>(null);
  const { left, top, right, bottom } = view.camera.bounds;
  const scale = Math.min(WIDTH / (right - left), HEIGHT / (bottom - top));
  const [width, height] = [(right - left) * scale, (bottom - top) * scale];

  useEffect(() => {
    let shown = -1;
    const show = () => {
      const { now, view: size } = view.camera;
      const box = frame.current;
      // Preact ends effects some time after it has removed the elements.
      if (!box) return;
      const x = (-now.x / now.scale - left) * scale;
      const y = (-now.y / now.scale - top) * scale;
      box.style.transform = `translate(${x}px, ${y}px)`;
      box.style.width = `${(size.width / now.scale) * scale}px`;
      box.style.height = `${(size.height / now.scale) * scale}px`;
      const { overview, layout } = view.painter;
      if (shown === overview.version) return;
      shown = overview.version;
      const context = canvas.current?.getContext('2d') as CanvasRenderingContext2D;
      context.clearRect(0, 0, width * PIXEL_RATIO, height * PIXEL_RATIO);
      context.imageSmoothingQuality = 'high';
      const part = scale * PIXEL_RATIO;
      const up = -layout.bendMax;
      const { picture, scale: own } = overview;
      context.drawImage(
        picture,
        -left * part,
        (up - top) * part,
        (picture.width / own) * part,
        (picture.height / own) * part,
      );
    };
    show();
    return view.watch(show);
  }, [view, left, top, scale]);

  const go = (event: PointerEvent) => {
    if (event.buttons === 0) return;
    const at = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const x = (event.clientX - at.left) / scale + left;
    view.camera.centre({ x, y: (event.clientY - at.top) / scale + top });
  };
  const onDown = (event: PointerEvent) => {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    go(event);
  };
  return html`
    <div
      class="mini-map"
      aria-hidden="true"
      style=${{ width: `${width}px`, height: `${height}px` }}
      onPointerDown=${onDown}
      onPointerMove=${go}
    >
      <canvas ref=${canvas} width=${Math.ceil(width * PIXEL_RATIO)} height=${Math.ceil(height * PIXEL_RATIO)} />
      <span class="mini-map-frame" ref=${frame} />
    </div>
  `;
}
