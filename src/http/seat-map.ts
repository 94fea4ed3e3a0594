/**
 * The seats of a schedule as a ready answer: built once for everybody who asks at about the same time.
 * Who asks while a body is being built gets the next one, so nobody sees a state older than the request.
 */
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Seat } from '../commands/resources.ts';

const compress = promisify(gzip);
/** Compressing small bodies costs more than sending them. */
const COMPRESSED_FROM_BYTES = 2048;

export interface SeatMap {
  body: string;
  /** The body compressed, where that pays. */
  gzipped: Uint8Array<ArrayBuffer> | undefined;
  etag: string;
}

interface Building {
  now: Promise<SeatMap | undefined>;
  next: Promise<SeatMap | undefined> | undefined;
}

type ReadSeats = (scheduleId: number, state?: Seat['state']) => Promise<string | undefined>;

export class SeatMaps {
  readonly #read: ReadSeats;
  readonly #building = new Map<string, Building>();

  constructor(read: ReadSeats) {
    this.#read = read;
  }

  /** The seats, or undefined where there is no such schedule. */
  get(scheduleId: number, state?: Seat['state']): Promise<SeatMap | undefined> {
    const key = `${scheduleId} ${state ?? ''}`;
    const building = this.#building.get(key);
    if (!building) return this.#build(key, scheduleId, state);
    building.next ??= building.now
      .catch(() => undefined)
      .then(() => this.#build(key, scheduleId, state));
    return building.next;
  }

  #build(key: string, scheduleId: number, state?: Seat['state']): Promise<SeatMap | undefined> {
    const building: Building = { now: this.#make(scheduleId, state), next: undefined };
    this.#building.set(key, building);
    const forget = () => {
      if (this.#building.get(key) === building && !building.next) this.#building.delete(key);
    };
    building.now.then(forget, forget);
    return building.now;
  }

  async #make(scheduleId: number, state?: Seat['state']): Promise<SeatMap | undefined> {
    const items = await this.#read(scheduleId, state);
    if (items === undefined) return undefined;
    const body = `{"scheduleId":${scheduleId},"items":${items}}`;
    const etag = `W/"${hash('sha1', body, 'base64url')}"`;
    const isLong = body.length >= COMPRESSED_FROM_BYTES;
    return { body, etag, gzipped: isLong ? await compress(body, { level: 1 }) : undefined };
  }
}
