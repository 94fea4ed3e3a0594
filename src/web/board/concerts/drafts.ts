/** What is typed into the form of a performance, and the request that it becomes. */
import type { NewSchedule } from '../../../client/index.ts';
import { toIso } from '../local-time.ts';

/** A row of seats as it is typed. */
export interface RangeDraft {
  section: string;
  row: string;
  from: string;
  to: string;
  price: string;
}

/** An area as it is typed. */
export interface AreaDraft {
  name: string;
  capacity: string;
  price: string;
}

/** The hall of a performance, with its prices as they are typed. */
export interface HallDraft {
  hallId: number | undefined;
  version: number | undefined;
  /** By category. */
  prices: Readonly<Record<string, string>>;
  /** The value of a `datetime-local` field; '' if it is empty. */
  accessibleUntil: string;
}

export const NO_HALL: HallDraft = {
  hallId: undefined,
  version: undefined,
  prices: {},
  accessibleUntil: '',
};

/** How many places are typed so far; a line that is not complete counts as none. */
export function placesOf(ranges: readonly RangeDraft[], areas: readonly AreaDraft[]): number {
  const counts = [
    ...ranges.map(({ from, to }) => Number.parseInt(to, 10) - Number.parseInt(from, 10) + 1),
    ...areas.map(({ capacity }) => Number.parseInt(capacity, 10)),
  ];
  return counts.filter((count) => count > 0).reduce((sum, count) => sum + count, 0);
}

type Times = Pick<NewSchedule, 'startAt' | 'endAt' | 'bookingStartAt' | 'bookingEndAt'>;

/**
 * @param times ISO 8601
 * @returns undefined if no hall is chosen
 */
export function toHallSchedule(times: Times, draft: HallDraft): NewSchedule | undefined {
  const { hallId, version, accessibleUntil } = draft;
  if (hallId === undefined || version === undefined) return undefined;
  const prices = Object.fromEntries(
    Object.entries(draft.prices).map(([category, price]) => [category, Number(price)]),
  );
  return {
    ...times,
    hall: { hallId, version, prices },
    ...(accessibleUntil !== '' && { accessibleUntil: toIso(accessibleUntil) }),
  };
}

/** @param times ISO 8601 */
export function toNewSchedule(
  times: Times,
  ranges: readonly RangeDraft[],
  areas: readonly AreaDraft[],
): NewSchedule {
  const seats = ranges.map(({ section, row, from, to, price }) => ({
    section: section.trim() || null,
    row: row.trim() || null,
    from: Number(from),
    to: Number(to),
    price: Number(price),
  }));
  const places = areas.map(({ name, capacity, price }) => ({
    name: name.trim(),
    capacity: Number(capacity),
    price: Number(price),
  }));
  return {
    ...times,
    ...(seats.length > 0 && { seats }),
    ...(places.length > 0 && { areas: places }),
  };
}
