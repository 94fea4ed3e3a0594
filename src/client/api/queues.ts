/** Waiting queues and their entries, as the API returns them; see resources.ts. */

/** A waiting queue. Queue 1, the house queue, serves every concert without a queue of its own. */
export interface WaitingQueue {
  id: number;
  name: string;
  /** `paused`, `gathering` (until a draw) and `sold-out` queues admit no user. */
  state: 'paused' | 'gathering' | 'sold-out' | 'open';
  /** The concerts to which it admits; of the house queue the newest thousand. */
  concertIds: number[];
  /** Users per window. */
  admitLimit: number;
  admitWindowSeconds: number;
  maxActive: number;
  waiting: number;
  active: number;
  createdAt: string;
}

/** An entry of a waiting queue, as its user sees it. */
export interface QueueEntry {
  queueId: number;
  number: number;
  /** null in outcomes of version 0.2.0 and older. */
  enteredAt: string | null;
  state: 'waiting' | 'active' | 'ended';
  /** 1 for the next user to be admitted, 0 once active. */
  position: number;
  /** How many users are waiting in total. */
  waiting: number;
  /**
   * See `isWaitKnown`. While the queue is paused or sold out: the wait from the moment at which admission goes on. While a draw
   * is gathering: the time until the draw and the average wait after it.
   */
  estimatedWaitSeconds: number;
  /** false while no user is admitted, because the queue is paused, gathering or sold out. */
  isWaitKnown: boolean;
  /**
   * Set while waiting: a JWT that names the user, the queue, the number and the time of entry, and that anyone can verify with
   * the published key. It admits to nothing.
   */
  waitingTicket: string | null;
  queueToken: string | null;
  /** Set while active: when the entry ends. A hold that lasts longer moves it to its own end. */
  expiresAt: string | null;
  /**
   * Set while active: from then on new orders are refused, and what is held can still be paid until `expiresAt`. null in outcomes of
   * version 0.2.0 and older.
   */
  bookingUntil: string | null;
  /** Operators have paused admission. */
  isPaused: boolean;
  /** Users gather for a draw, which will decide their order. */
  isGathering: boolean;
  /** When the draw is held for which users gather; null without one. */
  opensAt: string | null;
  /** All seats are sold, so no user is admitted. */
  isSoldOut: boolean;
  /** The seats of the concert that the request named. */
  stock?: { concertId: number; available: number; held: number } | undefined;
}
