/** The versions of one schedule's states in memory: how they are named, and the changes that led from one to the next. */
import { randomBytes } from 'node:crypto';
import { toEvent, type WireEvent } from '../wire-event.ts';
import type { Change } from './seat-states.ts';

/** How many changes a client may have missed and still be sent only those. */
const STEPS_MAX = 1000;

interface Step {
  version: number;
  changes: readonly Change[];
}

export class VersionHistory {
  /**
   * Begins the tags of all versions. A history is forgotten with its schedule and begun anew, and its versions count from
   * one again: no tag may name two different states, in any process.
   */
  readonly #id = randomBytes(9).toString('base64url');
  #version = 0;
  #steps: Step[] = [];

  /** The present version: 0 until states were read. */
  get version(): number {
    return this.#version;
  }

  /** Names the present version, for ETags and the ids of events. */
  get tag(): string {
    return this.#tagOf(this.#version);
  }

  /** Begins the next version. @returns what makes the event that leads to it; undefined for the first version */
  advance(changes: readonly Change[]): (() => WireEvent) | undefined {
    this.#version += 1;
    if (this.#version === 1) return undefined;
    const step = { version: this.#version, changes };
    this.#steps.push(step);
    if (this.#steps.length > STEPS_MAX) this.#steps = this.#steps.slice(-STEPS_MAX / 2);
    return () => this.#toEvent(step);
  }

  /** The events that lead from a version to the present one, or undefined where the version is not known. */
  eventsSince(tag: string | undefined): readonly WireEvent[] | undefined {
    const [id, version] = tag?.split('.') ?? [];
    const since = Number(version);
    const oldest = this.#steps[0]?.version ?? this.#version + 1;
    if (id !== this.#id || !(since <= this.#version && since >= oldest - 1)) return undefined;
    return this.#steps.filter((step) => step.version > since).map((step) => this.#toEvent(step));
  }

  #tagOf(version: number): string {
    return `${this.#id}.${version}`;
  }

  #toEvent({ version, changes }: Step): WireEvent {
    const tag = this.#tagOf(version);
    return toEvent({ name: 'seats', id: tag, data: { version: tag, changes } });
  }
}
