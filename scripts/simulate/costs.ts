/**
 * What things cost, in ms of CPU. The only place with measured figures: docs/scaling.md says from which runs they come.
 * A batch costs something by itself and something a command, so a command gets cheaper as batches grow.
 */
export type CommandKind = 'enter' | 'buy';

export interface CommandCost {
  /** API process: from the request to the answer with the outcome. */
  api: number;
  redis: number;
  worker: number;
  postgres: number;
}

export interface Costs {
  /** API process: a look at one's place in the queue. */
  poll: number;
  /** API process: a read of the seats. */
  seats: number;
  /** Every API process: an outcome of anybody's that passes by. */
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
