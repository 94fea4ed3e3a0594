/** The part of an operator's client for halls, and seats taken off the sale. */
import type { Hall, HallChange, HallVersion, NewHall } from '../api/catalogue/halls.ts';
import type { BlockedSeats } from '../api/operators.ts';
import type { CallOptions, CommandOptions, PageOptions } from '../options.ts';
import { eachItem, type Page } from '../transport/pages.ts';
import { SalesOperator } from './sales.ts';

/** `GateOperator` extends it. */
export class HallOperator extends SalesOperator {
  /** The halls with their newest versions, newest first. */
  halls(options: PageOptions = {}): Promise<Page<Hall>> {
    return this.list('/halls', options);
  }

  eachHall(options: PageOptions = {}): AsyncGenerator<Hall, void, undefined> {
    return eachItem((page) => this.halls(page), options);
  }

  hall(hallId: number, options: CallOptions = {}): Promise<Hall> {
    return this.read(`/halls/${hallId}`, options);
  }

  /** A saved version, with its plan. It never changes. */
  hallVersion(hallId: number, version: number, options: CallOptions = {}): Promise<HallVersion> {
    return this.read(`/halls/${hallId}/versions/${version}`, options);
  }

  /** Saves the first version of a new hall. */
  createHall(hall: NewHall, options?: CommandOptions): Promise<Hall> {
    return this.command({ method: 'POST', path: '/halls', body: hall }, options);
  }

  /** Saves a plan as the next version of a hall. Schedules keep the version of which they were made. */
  saveHall(hallId: number, change: HallChange, options?: CommandOptions): Promise<Hall> {
    const path = `/halls/${hallId}/versions`;
    return this.command({ method: 'POST', path, body: change }, options);
  }

  /** Takes up to 1000 available seats off the sale. Buyers see them as held. */
  blockSeats(
    seatIds: readonly number[],
    reason: string,
    options?: CommandOptions,
  ): Promise<BlockedSeats> {
    const body = { seatIds, reason };
    return this.command({ method: 'POST', path: '/concerts/seats/block', body }, options);
  }

  /** Puts blocked seats back on sale. */
  releaseSeats(seatIds: readonly number[], options?: CommandOptions): Promise<BlockedSeats> {
    const body = { seatIds };
    return this.command({ method: 'POST', path: '/concerts/seats/release', body }, options);
  }
}
