/** Enqueues commands that no user sends: answers of payment providers, and work of timers. They have no rate limit. */
import type { Command } from '../commands/command.ts';
import type { EpochMs } from '../commands/epoch-ms.ts';
import { jobIdOf, receiptIdOfKey } from './job-id.ts';
import type { LaneProducer } from './lane-queue.ts';
import { type LaneCounts, type LaneName, laneOf } from './lanes.ts';

/** No subject contains NUL, so no idempotency key of a user has the receipt id of a system command. */
export const SYSTEM = '\0system';

export interface SystemRequest {
  /** The user whose data the command changes. */
  subject: string;
  /**
   * Names the occasion of the command. A command is applied once for each text, however often it is enqueued, and whatever its
   * input: the first one counts.
   */
  receiptText: string;
  /** In ms since 1970 by PostgreSQL's clock. */
  acceptedAt: EpochMs;
}

/** The id of the job of a command of the system. */
export const systemJobId = (lane: LaneName, receiptText: string): string =>
  jobIdOf(lane, receiptIdOfKey(SYSTEM, receiptText));

export class SystemCommands {
  readonly #producer: Pick<LaneProducer, 'add'>;
  readonly #counts: LaneCounts;

  constructor(producer: Pick<LaneProducer, 'add'>, counts: LaneCounts) {
    this.#producer = producer;
    this.#counts = counts;
  }

  /**
   * Enqueues a command in the lane of its key.
   * @returns the job id
   * @throws the error of Redis. The command may have been enqueued all the same; it is safe to enqueue it again.
   */
  async enqueue<Input extends object>(
    command: Command<string, Input>,
    input: Input,
    { subject, receiptText, acceptedAt }: SystemRequest,
  ): Promise<string> {
    const lane = laneOf(command.laneKey(input, subject), this.#counts);
    const jobId = systemJobId(lane, receiptText);
    const accepted = { subject, input, acceptedAt, requestHash: '' };
    await this.#producer.add(lane, [{ jobId, name: command.name, accepted }]);
    return jobId;
  }
}
