/** The changes of a schedule's areas, from the same stream as those of its seats. */
import type { ServerEvent } from '../transport/event-stream.ts';
import type { Area } from './resources.ts';
import { followSchedule, type StreamDeps, type StreamOptions } from './schedule-stream.ts';

/** The known areas of a schedule. It filters events of the stream down to actual changes. */
export class AreaCounts {
  /** As JSON, by id. */
  readonly #known = new Map<number, string>();

  /** @returns the areas that an event shows changed; none for events of another name */
  changesOf({ event, data }: ServerEvent): Area[] {
    if (event !== 'areas') return [];
    const { items } = JSON.parse(data) as { items: Area[] };
    return items.filter((area) => {
      const text = JSON.stringify(area);
      const isChanged = this.#known.get(area.id) !== text;
      this.#known.set(area.id, text);
      return isChanged;
    });
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
    if (changes.length > 0) yield changes;
  }
}
