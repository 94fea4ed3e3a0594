/** Reads fields of parsed JSON, and adds a fault with the JSON pointer (RFC 6901) of each that is not as it must be. */
import type { Faults } from './faults.ts';

export type Fields = Readonly<Record<string, unknown>>;

export class JsonReader {
  readonly faults: Faults;

  constructor(faults: Faults) {
    this.faults = faults;
  }

  object(value: unknown, place: string): Fields | undefined {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Fields;
    return this.#wrong(value, place, 'object');
  }

  /** A list; a missing one is a fault. */
  list(of: Fields, field: string, place: string): readonly unknown[] {
    const value = of[field];
    if (Array.isArray(value)) return value;
    this.#wrong(value, `${place}/${field}`, 'array');
    return [];
  }

  /** A text. @param missing what a missing one stands for; without it that is a fault */
  text(of: Fields, field: string, place: string, missing?: string): string | undefined {
    const value = of[field];
    if (typeof value === 'string') return value;
    if (missing !== undefined && (value === undefined || value === null)) return missing;
    return this.#wrong(value, `${place}/${field}`, 'string');
  }

  /** @returns whole numbers, the nearest ones */
  position(of: Fields, place: string, max: number): { x: number; y: number } | undefined {
    const value = this.object(of.position, `${place}/position`);
    if (!value) return undefined;
    const axis = (field: 'x' | 'y') => {
      const given = value[field];
      const at = `${place}/position/${field}`;
      if (typeof given !== 'number') return this.#wrong(given, at, 'number');
      // No -0, which JSON does not know.
      if (Math.abs(given) <= max) return Math.round(given) + 0;
      return this.faults.add(at, 'out-of-range', { value: given, min: -max, max });
    };
    const [x, y] = [axis('x'), axis('y')];
    return x === undefined || y === undefined ? undefined : { x, y };
  }

  #wrong(value: unknown, place: string, type: string): undefined {
    if (value === undefined) return this.faults.add(place, 'missing', { type });
    return this.faults.add(place, 'wrong-type', { type });
  }
}
