/** The changes of a schedule's areas, from the same stream as those of its seats. */
import type { ServerEvent } from '../../transport/event-stream.ts';
import type { Area } from '../resources.ts';
import { followSchedule, type StreamDeps, type StreamOptions } from './schedule-stream.ts';

/** The known areas of a schedule. It filters events of the stream down to actual changes. */
export class AreaCounts {
  /** As JSON, by id. */
  readonly #known = new Map<number, string>();
  #isBegun = false;

  /**
   * @returns all areas, which are none for a schedule without areas, at the first event; then those that an event shows changed;
   * undefined if there is nothing to tell
   */
  changesOf({ event, data }: ServerEvent): Area[] | undefined {
    if (event !== 'areas') return undefined;
    const { items } = JSON.parse(data) as { items: Area[] };
    const changes = items.filter((area) => this.#note(area));
    const isFirst = !this.#isBegun;
    this.#isBegun = true;
    return isFirst || changes.length > 0 ? changes : undefined;
  }

  /** @returns whether the area is new or has changed */
  #note(area: Area): boolean {
    const text = JSON.stringify(area);
    if (this.#known.get(area.id) === text) return false;
    this.#known.set(area.id, text);
    return true;
  }
}

/** Yields all areas first, then the areas whose counts have changed, without duplicates. */
export async function* watchAreas(
  deps: StreamDeps,
  scheduleId: number,
  options: StreamOptions,
): AsyncGenerator<Area[], void, undefined> {
  const counts = new AreaCounts();
  for await (const event of followSchedule(deps, scheduleId, options)) {
    const changes = counts.changesOf(event);
    if (changes) yield changes;
  }
}
