/**
 * The versions of one schedule's states: their tags, and the events that lead from one version to the next. The events
 * kept never exceed the size of a `reset`: a client that is further behind gets a `reset` instead.
 */
import { randomBytes } from 'node:crypto';
import { toEvent, type WireEvent } from '../events/wire-event.ts';
import type { Change } from './seat-states.ts';

/** The event that leads from the previous version to `version`. */
interface Step {
  version: number;
  event: WireEvent;
}

export class VersionHistory {
  /**
   * A random prefix of all tags. When a schedule is evicted and loaded again, its versions restart at 1, and a tag must
   * never name two different states in any process.
   */
  readonly #id = randomBytes(9).toString('base64url');
  readonly #bytesMax: number;
  #version = 0;
  /** The latest steps, at most `bytesMax` in total. */
  readonly #steps: Step[] = [];
  #stepsBytes = 0;

  /** @param bytesMax the size of a `reset` event */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The current version; 0 until the first read. */
  get version(): number {
    return this.#version;
  }

  /** The tag of the current version, for ETags and event ids. */
  get tag(): string {
    return `${this.#id}.${this.#version}`;
  }

  /**
   * Starts the next version.
   * @returns the event that leads to it; undefined for the first version, or if a `reset` is smaller
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
   * The events that lead from a version to the current one; undefined if the version is unknown or a `reset` is smaller.
   */
  eventsSince(tag: string | undefined): readonly WireEvent[] | undefined {
    const [id, version] = tag?.split('.') ?? [];
    const since = Number(version);
    const oldest = this.#steps[0]?.version ?? this.#version + 1;
    if (id !== this.#id || !(since <= this.#version && since >= oldest - 1)) return undefined;
    return this.#steps.filter((step) => step.version > since).map(({ event }) => event);
  }
}
