/** The packed states of all seats of a schedule at one version, and the `reset` event that carries them. */
import { toEvent, type WireEvent } from '../events/wire-event.ts';
import { packStates } from './seat-states.ts';

export interface Availability {
  scheduleId: number;
  version: string;
  seatCount: number;
  encoding: string;
  states: string;
}

const ENCODING =
  'base64; 2 bits per seat in seat order, low bits first: 0 available, 1 held, 2 sold, 3 held because operators have blocked it';

/** @param version the tag of the version @param states one character per seat, as `readSeatStates` returns them */
export function toAvailability(scheduleId: number, version: string, states: string): Availability {
  const seatCount = states.length;
  return { scheduleId, version, seatCount, encoding: ENCODING, states: packStates(states) };
}

export function toReset(availability: Availability): WireEvent {
  return toEvent({ name: 'reset', id: availability.version, data: availability });
}

/** The size of a `reset` event in bytes, without its version tag; it does not depend on the states. */
export function resetBytes(scheduleId: number, seatCount: number): number {
  return toReset(toAvailability(scheduleId, '', 'a'.repeat(seatCount))).bare.length;
}
