/** The areas of a date: how many places are free, and a form that holds some, together with the chosen seats. */
import { html } from 'htm/preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { Area } from '../../../commands/schemas/resources.ts';
import { SEATS_AT_ONCE_MAX } from '../../bookings.ts';
import { usePolling, useQuery } from '../../hooks.ts';
import type { AreaBlock } from '../../map/draw/area-blocks.ts';
import { isWanted, type SeatFilter } from '../../map/filter.ts';
import { useWords } from '../../texts.ts';

/** How often the areas are read while the stream is not connected. A poll of an unchanged list is answered without a body. */
const READ_EVERY_MS = 2000;

export interface WantedArea {
  areaId: number;
  quantity: number;
}

/**
 * The areas as the stream told them last or, while it is not connected, as they were read last; empty until then.
 * @param isLive whether the stream is connected
 * @returns the areas, and a function that takes those that the stream tells
 */
export function useAreas(
  scheduleId: number,
  isLive: boolean,
): [readonly Area[], (changed: readonly Area[]) => void] {
  // Polls do not change it: after a reconnect the stream tells only what differs from what it told before.
  const [streamed, setStreamed] = useState<readonly Area[]>();
  // What was read since the stream broke.
  const [polled, setPolled] = useState<readonly Area[]>();
  const query = useQuery(`areas of schedule ${scheduleId}`, (seatlane, options) =>
    seatlane.areas(scheduleId, options),
  );
  const { body } = query;
  // A hall without areas gets none.
  usePolling(query, READ_EVERY_MS, !isLive && body?.length !== 0);
  useEffect(() => {
    if (!isLive) setPolled(body);
  }, [body]);
  useEffect(() => {
    if (isLive) return () => setPolled(undefined);
  }, [isLive]);
  const change = useCallback((changed: readonly Area[]) => {
    setStreamed((before = []) => withChanges(before, changed));
  }, []);
  return [(isLive ? (streamed ?? polled) : (polled ?? streamed)) ?? [], change];
}

function withChanges(before: readonly Area[], changed: readonly Area[]): Area[] {
  const byId = new Map([...before, ...changed].map((area) => [area.id, area]));
  return [...byId.values()].sort((one, other) => one.id - other.id);
}

/** The areas as the map draws them. A filter for a section leaves all of them out. */
export function useAreaBlocks(areas: readonly Area[], filter: SeatFilter): readonly AreaBlock[] {
  const { t, number } = useWords();
  return useMemo(
    () =>
      areas.map(({ id, name, price, available }) => ({
        id,
        name,
        text: t.areaFree(available, number(available)),
        isDim: available === 0 || !isWanted(filter, { price }),
      })),
    [areas, filter, t],
  );
}

const idOfForm = (areaId: number) => `area-${areaId}`;

/** Leads from an area on the map to its form. */
export function showArea(areaId: number): void {
  const form = document.getElementById(idOfForm(areaId));
  form?.scrollIntoView({ block: 'center' });
  (form?.querySelector('select') ?? form)?.focus();
}

export interface AreasProps {
  areas: readonly Area[];
  /** How many seats are chosen, which the same order holds. */
  chosenSeats: number;
  isHolding: boolean;
  hold(area: WantedArea): void;
}

export function Areas({ areas, ...form }: AreasProps) {
  const { t } = useWords();
  return html`
    <section class="panel side-panel areas">
      <h2 class="panel-title">${t.areas}</h2>
      ${areas.map((area) => html`<${AreaForm} key=${area.id} area=${area} ...${form} />`)}
    </section>
  `;
}

function AreaForm({
  area,
  chosenSeats,
  isHolding,
  hold,
}: Omit<AreasProps, 'areas'> & { area: Area }) {
  const { t, number } = useWords();
  const { id, name, price, available, capacity } = area;
  const most = Math.min(available, SEATS_AT_ONCE_MAX - chosenSeats);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    if (!isHolding) hold({ areaId: id, quantity: Number(form.get('quantity')) });
  };
  return html`
    <form class="form" id=${idOfForm(id)} tabindex="-1" onSubmit=${submit}>
      <p class="total"><span>${name}</span> <strong class="number">${t.points(number(price))}</strong></p>
      <p class="quiet small">${available > 0 ? t.available(number(available), number(capacity)) : t.none}</p>
      ${
        most > 0 &&
        html`
          <label class="field">
            <span>${t.places}</span>
            <select name="quantity">
              ${Array.from({ length: most }, (_, index) => html`<option>${index + 1}</option>`)}
            </select>
          </label>
          <button class="button is-plain is-wide" aria-disabled=${isHolding}>
            ${isHolding ? t.holding : chosenSeats > 0 ? t.holdWithSeats(chosenSeats) : t.holdPlaces}
          </button>
        `
      }
    </form>
  `;
}
