/** All states of a schedule at one version, packed, and the event that has them. */
import { toEvent, type WireEvent } from '../events/wire-event.ts';
import { packStates } from './seat-states.ts';

export interface Availability {
  scheduleId: number;
  version: string;
  seatCount: number;
  encoding: string;
  states: string;
}

const ENCODING = 'base64; 2 bits a seat in seat order, low bits first: 0 available, 1 held, 2 sold';

/** @param version its tag @param states one character a seat, as `readSeatStates` writes them */
export function toAvailability(scheduleId: number, version: string, states: string): Availability {
  const seatCount = states.length;
  return { scheduleId, version, seatCount, encoding: ENCODING, states: packStates(states) };
}

export function toReset(availability: Availability): WireEvent {
  return toEvent({ name: 'reset', id: availability.version, data: availability });
}

/** How many bytes a `reset` takes, whatever the states are; without the version's name. */
export function resetBytes(scheduleId: number, seatCount: number): number {
  return toReset(toAvailability(scheduleId, '', 'a'.repeat(seatCount))).bare.length;
}
