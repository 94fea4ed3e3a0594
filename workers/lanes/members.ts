/** The lanes that a loop currently consumes, and which of them have a batch in flight. */
import type { LaneName } from '../../src/lanes/lanes.ts';
import type { OwnedLane } from '../batch/batch.ts';
import { LaneLost } from '../batch/faults.ts';

interface Member {
  lane: OwnedLane;
  /** Its commands are being dequeued, or a batch with them is in flight. */
  isBusy: boolean;
  /** A batch with its commands is in flight. */
  hasBatch: boolean;
  /** When the lane was last polled, or its last batch ended; in ms by the monotonic clock. */
  polledAt: number;
  leave(): void;
}

export class LaneMembers {
  readonly #members = new Map<LaneName, Member>();
  readonly #onChange: () => void;

  /** @param onChange called after a lane has joined or left */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get size(): number {
    return this.#members.size;
  }

  get names(): LaneName[] {
    return [...this.#members.keys()];
  }

  /**
   * Adds a lane until its signal is aborted. It then leaves after the batch in flight. A lost lane leaves immediately,
   * because its batch cannot commit any more.
   * @returns a promise that resolves when the lane has left
   */
  join(lane: OwnedLane): Promise<void> {
    return new Promise((resolve) => {
      const member: Member = {
        lane,
        isBusy: false,
        hasBatch: false,
        polledAt: performance.now(),
        leave: () => {
          if (this.#members.get(lane.name) === member) this.#members.delete(lane.name);
          this.#onChange();
          resolve();
        },
      };
      const onAbort = () => {
        if (!member.isBusy || isLost(lane)) member.leave();
      };
      lane.signal.addEventListener('abort', onAbort, { once: true });
      this.#members.set(lane.name, member);
      if (lane.signal.aborted) onAbort();
      else this.#onChange();
    });
  }

  /** Marks every lane that is not busy as busy. @returns those lanes */
  claimIdle(): OwnedLane[] {
    const idle = [...this.#members.values()].filter(({ isBusy }) => !isBusy);
    for (const member of idle) member.isBusy = true;
    return idle.map(({ lane }) => lane);
  }

  /** Marks lanes whose batch begins. */
  begin(lanes: readonly OwnedLane[]): void {
    for (const lane of lanes) {
      const member = this.#members.get(lane.name);
      if (member?.lane === lane) member.hasBatch = true;
    }
  }

  /** Lanes without a batch that were last polled before `time`. @param time in ms by the monotonic clock */
  notPolledSince(time: number): LaneName[] {
    return [...this.#members.values()]
      .filter(({ hasBatch, polledAt }) => !hasBatch && polledAt < time)
      .map(({ lane }) => lane.name);
  }

  /** Marks a lane whose batch has ended. It leaves now if its signal was aborted, or with `mustLeave`. */
  release(lane: OwnedLane, { mustLeave = false } = {}): void {
    const member = this.#members.get(lane.name);
    if (member?.lane !== lane) return;
    member.isBusy = false;
    member.hasBatch = false;
    member.polledAt = performance.now();
    if (mustLeave || lane.signal.aborted) member.leave();
  }
}

/** Whether another process has taken over the lane, so that its batch in flight cannot commit. */
export function isLost({ signal }: OwnedLane): boolean {
  return signal.reason instanceof LaneLost;
}
