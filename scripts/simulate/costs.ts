/**
 * The measured costs, in ms of CPU; docs/scaling.md names the runs in which they were measured. A batch has a fixed
 * cost and a cost per command, so a command gets cheaper as batches grow.
 */
export type CommandKind = 'enter' | 'buy';

export interface CommandCost {
  /** API process: from the request to the response with the outcome. */
  api: number;
  redis: number;
  worker: number;
  postgres: number;
}

export interface Costs {
  /** API process: a poll of a queue entry. */
  poll: number;
  /** API process: a read of the seats. */
  seats: number;
  /** Every API process: an announced outcome of any command. */
  hear: number;
  commands: Record<CommandKind, CommandCost>;
  batch: Omit<CommandCost, 'api'>;
}

export const MEASURED: Costs = {
  poll: 0.119,
  seats: 0.62,
  hear: 0.005,
  commands: {
    enter: { api: 0.42, redis: 0.02, worker: 0.06, postgres: 0.02 },
    buy: { api: 0.7, redis: 0.1, worker: 0.25, postgres: 0.28 },
  },
  batch: { redis: 0.26, worker: 1, postgres: 1.6 },
};
