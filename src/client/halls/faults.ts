/** Collects the faults of a file, and checks the values that all formats have. */
import type { PlanFault, PlanFaultCode } from '../api/catalogue/halls.ts';
import { NAME_LENGTH_MAX, SEAT_NUMBER_MAX } from './limits.ts';

/** The faults that are told; a file with more is wrong as a whole. */
const FAULTS_MAX = 100;

export class Faults {
  readonly list: PlanFault[] = [];

  /** @returns undefined, so that a check can return what it calls */
  add(place: string, code: PlanFaultCode, values: PlanFault['values'] = {}): undefined {
    if (this.list.length < FAULTS_MAX) this.list.push({ place, code, values });
  }

  /** More than `max` of something are a fault. */
  most(place: string, count: number, max: number): void {
    if (count > max) this.add(place, 'too-many', { max });
  }

  /** A name as the API normalises it. @returns null for an empty one; undefined if it is too long */
  name(place: string, text: string): string | null | undefined {
    const name = text.normalize('NFC').replace(/\s+/gu, ' ').trim();
    if ([...name].length > NAME_LENGTH_MAX)
      return this.add(place, 'too-long', { max: NAME_LENGTH_MAX });
    return name === '' ? null : name;
  }

  /** The number of a seat, written in digits. */
  seatNumber(place: string, text: string): number | undefined {
    const value = text.trim();
    if (value === '') return this.add(place, 'empty');
    if (!/^\d+$/.test(value)) return this.add(place, 'not-a-number', { value });
    const number = Number(value);
    if (number >= 1 && number <= SEAT_NUMBER_MAX) return number;
    return this.add(place, 'out-of-range', { value, min: 1, max: SEAT_NUMBER_MAX });
  }
}
