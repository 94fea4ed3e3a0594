/** What seat maps read from PostgreSQL. */
import type { Area, Seat } from '../../commands/schemas/resources.ts';
import type { FixedSeat, FoundIds } from '../../db/reads/places/seats.ts';

export interface SeatReads {
  fixedSeats(scheduleId: number): Promise<FixedSeat[] | undefined>;
  states(scheduleId: number): Promise<string>;
  idsInState(scheduleId: number, state: Seat['state']): Promise<FoundIds>;
  /** Reads the reasons of the blocked seats, by seat id. */
  blockedReasons(scheduleId: number): Promise<Map<number, string>>;
  /** Reads the areas of schedules, by schedule; schedules without areas are missing. */
  areas(scheduleIds: readonly number[]): Promise<Map<number, Area[]>>;
}
