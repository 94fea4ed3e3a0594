/**
 * The versions of one schedule's states in memory: how they are named, and the events that lead from one to the next.
 * Only as many bytes of events are kept as all states take: a client that is further behind is sent all states instead.
 */
import { randomBytes } from 'node:crypto';
import { toEvent, type WireEvent } from '../events/wire-event.ts';
import type { Change } from './seat-states.ts';

/** Leads from the version before to `version`. */
interface Step {
  version: number;
  event: WireEvent;
}

export class VersionHistory {
  /**
   * Begins the tags of all versions. A history is forgotten with its schedule and begun anew, and its versions count from
   * one again: no tag may name two different states, in any process.
   */
  readonly #id = randomBytes(9).toString('base64url');
  readonly #bytesMax: number;
  #version = 0;
  /** The latest steps, which together take no more than `bytesMax`. */
  readonly #steps: Step[] = [];
  #stepsBytes = 0;

  /** @param bytesMax of the event that has all states */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The present version: 0 until states were read. */
  get version(): number {
    return this.#version;
  }

  /** Names the present version, for ETags and the ids of events. */
  get tag(): string {
    return `${this.#id}.${this.#version}`;
  }

  /**
   * Begins the next version.
   * @returns the event that leads to it; undefined for the first version, and where all states take fewer bytes
   */
  advance(changes: readonly Change[]): WireEvent | undefined {
    this.#version += 1;
    if (this.#version === 1) return undefined;
    const { tag, version } = this;
    const event = toEvent({ name: 'seats', id: tag, data: { version: tag, changes } });
    this.#steps.push({ version, event });
    this.#stepsBytes += event.bare.length;
    while (this.#stepsBytes > this.#bytesMax) {
      this.#stepsBytes -= this.#steps.shift()?.event.bare.length ?? 0;
    }
    return this.#steps.length > 0 ? event : undefined;
  }

  /**
   * The events that lead from a version to the present one, or undefined where the version is unknown or all states take
   * fewer bytes.
   */
  eventsSince(tag: string | undefined): readonly WireEvent[] | undefined {
    const [id, version] = tag?.split('.') ?? [];
    const since = Number(version);
    const oldest = this.#steps[0]?.version ?? this.#version + 1;
    if (id !== this.#id || !(since <= this.#version && since >= oldest - 1)) return undefined;
    return this.#steps.filter((step) => step.version > since).map(({ event }) => event);
  }
}
