/** What belongs to the map without covering it: the mini-map or a hint, whether the map is live, and the zoom buttons. */
import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { useWords } from '../texts.ts';
import type { HallView } from './draw/hall-view.ts';
import { MiniMap } from './mini-map.ts';

/** The mini-map is shown while less than this part of the hall is visible. */
const ZOOMED_BELOW = 0.6;
const ZOOM = 1.6;

interface MapBarProps {
  view: HallView | undefined;
  isLive: boolean;
  /** How to use the map, while all of it is shown. */
  hint?: string;
}

export function MapBar({ view, isLive, hint }: MapBarProps) {
  const { t } = useWords();
  const { isZoomed, section } = useShown(view);
  return html`
    <div class="map-bar">
      ${
        view && isZoomed
          ? html`
              <${MiniMap} view=${view} />
              <p class="map-bar-hint small" aria-hidden="true">${section}</p>
            `
          : html`<p class="map-bar-hint quiet small" aria-hidden="true">${hint ?? t.mapTapHint}</p>`
      }
      <span class="map-live ${isLive ? '' : 'is-stale'}">${isLive ? t.isLive : t.isStale}</span>
      <${ZoomButtons} view=${view} />
    </div>
  `;
}

/** Whether only a part of the hall is shown, and the name of the section in its middle. */
function useShown(view: HallView | undefined): { isZoomed: boolean; section: string } {
  const [isZoomed, setZoomed] = useState(false);
  const [section, setSection] = useState('');
  useEffect(() => {
    return view?.watch(() => {
      setZoomed(view.camera.shownPart < ZOOMED_BELOW);
      setSection(view.section ?? '');
    });
  }, [view]);
  return { isZoomed, section };
}

/** The buttons that enlarge the map, make it smaller, and show all of it. */
export function ZoomButtons({ view }: { view: HallView | undefined }) {
  const { t } = useWords();
  return html`
    <div class="map-buttons">
      <${ZoomButton} label=${t.zoomIn} sign="+" onPress=${() => view?.camera.glideZoom(ZOOM)} />
      <${ZoomButton} label=${t.zoomOut} sign="−" onPress=${() => view?.camera.glideZoom(1 / ZOOM)} />
      <${ZoomButton} label=${t.whole} sign="⤢" onPress=${() => view?.camera.showWhole()} />
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
