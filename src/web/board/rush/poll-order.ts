/** Decides which polls of the board count: polls of several queues may be under way, and end in any order. */

export interface Poll {
  queueId: number;
  number: number;
}

export class PollOrder {
  #begun = 0;
  /** The number of the latest poll that counted. */
  #counted = 0;

  begin(queueId: number): Poll {
    this.#begun += 1;
    return { queueId, number: this.#begun };
  }

  /**
   * Called when a poll ends, with a reading or an error.
   * @param chosenId the queue that the operator has chosen now
   * @returns whether the poll counts: it is of the chosen queue, and no later one has counted
   */
  counts({ queueId, number }: Poll, chosenId: number): boolean {
    if (queueId !== chosenId || number < this.#counted) return false;
    this.#counted = number;
    return true;
  }
}
