/** The canvas of the map: its size, its camera, its colours, and when it is drawn. */
import { bendAt } from '../layout.ts';
import { MovingCamera } from '../moving-camera.ts';
import { type Hall, Painter } from '../painter.ts';
import type { AreaBlock } from './area-blocks.ts';
import { onSchemeChange, readTheme } from './theme.ts';

const pixelRatio = () => Math.min(2, devicePixelRatio);

export class HallView {
  readonly camera: MovingCamera;
  readonly painter: Painter;
  /** The seat with the focus ring. */
  focused: number | undefined;
  readonly #canvas: HTMLCanvasElement;
  readonly #stops: readonly (() => void)[];
  readonly #watchers = new Set<() => void>();
  #frame: number | undefined;
  #isPainted = false;

  constructor(canvas: HTMLCanvasElement, hall: Hall) {
    this.#canvas = canvas;
    this.painter = new Painter(hall, readTheme());
    this.camera = new MovingCamera(this.painter.bounds, () => this.drawSoon());
    const sizes = new ResizeObserver(() => this.#resize());
    sizes.observe(canvas);
    this.#stops = [
      () => sizes.disconnect(),
      onSchemeChange(() => {
        this.painter.setTheme(readTheme());
        this.drawSoon();
      }),
    ];
    this.#resize();
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.camera.stop();
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
  }

  /** @param indexes the seats that look different now; all if undefined */
  update(indexes?: readonly number[]): void {
    this.painter.update(indexes);
    this.drawSoon();
  }

  setAreas(areas: readonly AreaBlock[]): void {
    this.painter.setAreas(areas);
    this.camera.setBounds(this.painter.bounds);
  }

  /** The section in the middle of the view, if it has a name. */
  get section(): string | undefined {
    const { camera, painter } = this;
    const { width, height } = camera.view;
    const { x, y } = camera.toCell({ x: width / 2, y: height / 2 });
    const line = y + bendAt(painter.layout, Math.floor(x));
    const at = painter.layout.blocks.find(
      (block) =>
        x >= block.column &&
        x < block.column + block.columns &&
        line >= block.line &&
        line < block.line + block.lines,
    );
    return at?.name ?? undefined;
  }

  /** Calls the listener after each frame. @returns a function that ends it */
  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  drawSoon(): void {
    this.#frame ??= requestAnimationFrame(() => this.#draw());
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (width === 0 || height === 0) return;
    // The observer also tells the first size, which is drawn already.
    const before = this.camera.view;
    if (this.#isPainted && before.width === width && before.height === height) return;
    this.#canvas.width = Math.round(width * pixelRatio());
    this.#canvas.height = Math.round(height * pixelRatio());
    this.camera.resize({ width, height });
    this.#draw();
  }

  #draw(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    const context = this.#canvas.getContext('2d');
    const { now, view } = this.camera;
    if (!context) return;
    const isDone = this.painter.draw(context, now, view, pixelRatio(), this.focused);
    if (!isDone) this.drawSoon();
    for (const watcher of this.#watchers) watcher();
    if (this.#isPainted) return;
    this.#isPainted = true;
    // The frame after the first one: by then the first one is on the screen.
    requestAnimationFrame(() => performance.mark('map-painted'));
  }
}
