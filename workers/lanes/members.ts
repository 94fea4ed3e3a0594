/** The lanes that a loop consumes at the moment, and which of them have a batch under way. */
import type { LaneName } from '../../src/lanes/lanes.ts';
import type { OwnedLane } from '../batch/batch.ts';
import { LaneLost } from '../batch/faults.ts';

interface Member {
  lane: OwnedLane;
  /** Its commands are being taken, or a batch with them is under way. */
  isBusy: boolean;
  /** A batch with its commands is under way. */
  hasBatch: boolean;
  /** When it was last polled, or a batch of it ended; in ms by the monotonic clock. */
  polledAt: number;
  leave(): void;
}

export class LaneMembers {
  readonly #members = new Map<LaneName, Member>();
  readonly #onChange: () => void;

  /** @param onChange called when a lane has joined or left */
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
   * Adds a lane until its signal is aborted. It leaves after the batch under way, but at once where the lane is lost:
   * nobody has to wait for a batch that is fenced off.
   * @returns settles when the lane has left
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

  /** A batch with commands of these lanes begins. */
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

  /** A lane has no batch any more. Where it was told to leave meanwhile, or must, it leaves now. */
  release(lane: OwnedLane, { mustLeave = false } = {}): void {
    const member = this.#members.get(lane.name);
    if (member?.lane !== lane) return;
    member.isBusy = false;
    member.hasBatch = false;
    member.polledAt = performance.now();
    if (mustLeave || lane.signal.aborted) member.leave();
  }
}

/** Whether a lane has to be left at once, in the middle of its batch. */
export function isLost({ signal }: OwnedLane): boolean {
  return signal.reason instanceof LaneLost;
}
