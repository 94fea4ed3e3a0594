/**
 * The unchanging details of a schedule's seats, as the bytes of their JSON, and the lists of seats built from them. 50,000 seats take 5 MB; as
 * objects and strings they took 15. A list is put together by copying bytes, in a tenth of the time that joining strings takes.
 */
import type { Seat } from '../../commands/schemas/resources.ts';
import type { FixedSeat, FoundIds } from '../../db/reads/places/seats.ts';
import { BLOCKED, STATE_NAMES, stateJson } from './seat-states.ts';

const COMMA = Buffer.from(',');
const CLOSING = Buffer.from(']}');

const bytesOf = (state: Seat['state'], isBlocked: boolean) =>
  Buffer.from(`,${stateJson(state, isBlocked)}`);
const HELD = bytesOf('held', false);
/** What follows the details of a seat, by its state as a character. */
const ENDINGS = new Map(
  Object.entries(STATE_NAMES).map(([character, name]) => [
    character,
    bytesOf(name, character === BLOCKED),
  ]),
);

/** The schedule's seats differ from the ones in memory: a failover lost commits, and what was built of them must be discarded. */
export class OtherSeats extends Error {
  override name = 'OtherSeats';
  override message = 'The schedule’s seats differ from the ones in memory.';
}

/** The seats of a list: which of all seats each is, and what follows its details. */
interface Items {
  count: number;
  placeOf(item: number): number;
  endingOf(item: number): Buffer;
}

export class SeatDetails {
  /** In the order of the schedule's seats, which is ascending. */
  readonly ids: readonly number[];
  readonly #opening: Buffer;
  readonly #details: Buffer;
  /** Where the details of each seat end; those of the first begin at 0. */
  readonly #ends: Uint32Array;

  constructor(scheduleId: number, seats: readonly FixedSeat[]) {
    this.ids = seats.map((seat) => seat.id);
    this.#opening = Buffer.from(`{"scheduleId":${scheduleId},"items":[`);
    const texts = seats.map((seat) => JSON.stringify(seat).slice(0, -1));
    this.#details = Buffer.from(texts.join(''));
    let end = 0;
    this.#ends = Uint32Array.from(texts, (text) => {
      end += Buffer.byteLength(text);
      return end;
    });
  }

  /** The list of all seats. @param states one character per seat, as `readSeatStates` returns them */
  all(states: string): Buffer<ArrayBuffer> {
    return this.#list({
      count: states.length,
      placeOf: (item) => item,
      endingOf: (item) => ENDINGS.get(states[item] as string) ?? HELD,
    });
  }

  /**
   * Builds the list of those seats that are in one state.
   * @param found their ids, in ascending order
   * @throws OtherSeats if one of them is not a seat of the schedule, before the list is built
   */
  inState({ ids, blockedIds }: FoundIds, state: Seat['state']): () => Buffer<ArrayBuffer> {
    const blocked = new Set(blockedIds);
    const [ending, whenBlocked] = [bytesOf(state, false), bytesOf(state, true)];
    const places = this.#placesOf(ids);
    return () =>
      this.#list({
        count: ids.length,
        placeOf: (item) => places[item] as number,
        endingOf: (item) => (blocked.has(ids[item] as number) ? whenBlocked : ending),
      });
  }

  #placesOf(ids: readonly number[]): number[] {
    let place = 0;
    return ids.map((id) => {
      place = this.ids.indexOf(id, place);
      if (place < 0) throw new OtherSeats();
      return place;
    });
  }

  #list({ count, placeOf, endingOf }: Items): Buffer<ArrayBuffer> {
    const startOf = (place: number) => this.#ends[place - 1] ?? 0;
    const endOf = (place: number) => this.#ends[place] as number;
    let size = this.#opening.length + Math.max(0, count - 1) * COMMA.length + CLOSING.length;
    for (let item = 0; item < count; item += 1) {
      const place = placeOf(item);
      size += endOf(place) - startOf(place) + endingOf(item).length;
    }
    // Not from the pool of small buffers: the memory is free as soon as the list is.
    const list = Buffer.allocUnsafeSlow(size);
    let at = this.#opening.copy(list);
    for (let item = 0; item < count; item += 1) {
      const place = placeOf(item);
      if (item > 0) at += COMMA.copy(list, at);
      at += this.#details.copy(list, at, startOf(place), endOf(place));
      at += endingOf(item).copy(list, at);
    }
    CLOSING.copy(list, at);
    return list;
  }
}
