/** Checks the order of turns: who entered first has the lower number, and the lower number is admitted first. */

/** A user's request to enter, with the number that it got; times in ms. */
export interface Entering {
  queue: number;
  number: number;
  sentAt: number;
  answeredAt: number;
}

/**
 * Finds users who sent their request after another one's was answered, and got a lower number.
 * @returns how many
 */
export function countOvertakenEntering(enterings: readonly Entering[]): number {
  let wrong = 0;
  for (const queue of Map.groupBy(enterings, (each) => each.queue).values()) {
    const bySent = queue.toSorted((one, other) => one.sentAt - other.sentAt);
    const byAnswered = queue.toSorted((one, other) => one.answeredAt - other.answeredAt);
    let answered = 0;
    let highest = 0;
    for (const { sentAt, number } of bySent) {
      for (; ; answered += 1) {
        const before = byAnswered[answered];
        if (!before || before.answeredAt >= sentAt) break;
        highest = Math.max(highest, before.number);
      }
      if (number < highest) wrong += 1;
    }
  }
  return wrong;
}

/** An admission as the database tells it. */
export interface Admission {
  queue: number;
  number: number;
  /** The time of the run that admitted the user, in ms. */
  admittedAt: number;
}

/** @returns how many users were admitted in a later run than a user with a higher number */
export function countLateTurns(admissions: readonly Admission[]): number {
  let wrong = 0;
  for (const queue of Map.groupBy(admissions, (each) => each.queue).values()) {
    const runs = [...Map.groupBy(queue, (each) => each.admittedAt)].toSorted(
      ([one], [other]) => one - other,
    );
    let highest = 0;
    for (const [, run] of runs) {
      wrong += run.filter(({ number }) => number < highest).length;
      highest = run.reduce((most, { number }) => Math.max(most, number), highest);
    }
  }
  return wrong;
}

/** A user in a queue. */
export interface Turn {
  queue: number;
  number: number;
}

/** An API process learns of an admission from its announcement, or from the counters that it reads twice a second. */
const TOLERANCE_MS = 1000;

/** What the users see of each other's turns while the sale runs. */
export class TurnWatch {
  /** For each queue, the highest number that was seen active, and since when; older ones before it. */
  readonly #seen = new Map<number, { number: number; at: number }[]>();
  /** Users who saw themselves waiting although a user with a higher number had seen the admission. */
  overtaken = 0;

  /** @param at when the response arrived, in ms */
  sawActive({ queue, number }: Turn, at: number): void {
    const seen = this.#seen.get(queue) ?? [];
    this.#seen.set(queue, seen);
    if (number > (seen.at(-1)?.number ?? 0)) seen.push({ number, at });
  }

  /** @param sentAt when the poll was sent, in ms */
  sawWaiting({ queue, number }: Turn, sentAt: number): void {
    const seen = this.#seen.get(queue);
    const last = seen?.findLast(({ at }) => at + TOLERANCE_MS < sentAt);
    if (last && last.number > number) this.overtaken += 1;
  }
}
