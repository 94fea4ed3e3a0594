/**
 * Simulates the large sale: users arrive in several queues, which open together, and buy until each is sold out. Commands and users are simulated
 * one by one, polls as rates, second by second.
 */
import { Agenda } from '../agenda.ts';
import { seededRandom } from '../seeded-random.ts';
import { Buyer } from './buyer.ts';
import type { CostTable, Work } from './costs.ts';
import { Machine } from './machine.ts';
import { Places } from './places.ts';
import {
  arrivalOf,
  openingOf,
  placesOf,
  type QueuePlan,
  queuesOfUsers,
  type SalePlan,
} from './plan.ts';
import { pollRates } from './poll-rates.ts';

export interface LargeReport {
  /** From the opening until the last place of each queue was paid, in s; undefined if places were left. */
  soldOutAfter: (number | undefined)[];
  /** From the first arrival until the last place of all queues was paid, or until nobody was left, in s. */
  seconds: number;
  /** The work until then. */
  work: Work;
  admitted: number;
  pollsMax: number;
  waitingMax: number;
}

interface Line {
  plan: QueuePlan;
  places: Places;
  admitPerSecond: number;
  waiting: number;
  paid: number;
  active: number;
  soldOutAt: number | undefined;
}

/** How long a queue must be sold out before its waiting entries are ended, in s. */
const OVER_SECONDS = 10;
/** How often the load looks for arrivals. */
const LOOK_SECONDS = 0.01;
/** Users at the front poll each second. */
const FRONT_PAUSE_SECONDS = 1;

export function simulateLargeSale(plan: SalePlan, costs: CostTable): LargeReport {
  return new LargeSale(plan, costs).run();
}

class LargeSale {
  readonly #plan: SalePlan;
  readonly #agenda = new Agenda();
  readonly #machine: Machine;
  readonly #random: () => number;
  readonly #lines: Line[];
  readonly #queueOf: Uint8Array;
  #arrived = 0;
  #entered = 0;
  #report: LargeReport;

  constructor(plan: SalePlan, costs: CostTable) {
    this.#plan = plan;
    this.#machine = new Machine(this.#agenda, costs);
    this.#random = seededRandom(plan.seed);
    this.#queueOf = queuesOfUsers(plan);
    this.#lines = plan.queues.map((queue) => ({
      plan: queue,
      places: new Places(queue),
      admitPerSecond: queue.admitLimit / plan.windowSeconds,
      waiting: 0,
      paid: 0,
      active: 0,
      soldOutAt: undefined,
    }));
    const { work } = this.#machine;
    this.#report = { soldOutAfter: [], seconds: 0, work, admitted: 0, pollsMax: 0, waitingMax: 0 };
  }

  run(): LargeReport {
    this.#agenda.put(arrivalOf(this.#plan, 0), () => this.#arrive());
    this.#agenda.put(1, () => this.#tick());
    this.#agenda.put(openingOf(this.#plan), () => this.#admit());
    this.#agenda.run();
    const opened = openingOf(this.#plan);
    const soldOutAfter = this.#lines.map(({ soldOutAt }) => soldOutAt && soldOutAt - opened);
    return { ...this.#report, soldOutAfter };
  }

  #arrive(): void {
    const line = this.#lines[this.#queueOf[this.#arrived] as number] as Line;
    this.#arrived += 1;
    this.#machine.send('enter', () => {
      line.waiting += 1;
      this.#entered += 1;
    });
    if (this.#arrived === this.#plan.users) return;
    // The load looks for arrivals each ten ms, so those of one look come together.
    const at = Math.ceil(arrivalOf(this.#plan, this.#arrived) / LOOK_SECONDS) * LOOK_SECONDS;
    this.#agenda.put(Math.max(at, this.#agenda.now), () => this.#arrive());
  }

  /** Each second: the polls of those who wait. A user whose queue is sold out learns it by the next poll. */
  #tick(): void {
    const { pauseSeconds: longest } = this.#plan;
    const { now } = this.#agenda;
    const open = this.#lines.filter(({ soldOutAt }) => soldOutAt === undefined);
    const rates = pollRates(open, longest);
    const over = this.#lines.reduce((sum, { waiting, soldOutAt }) => {
      const isLearning = soldOutAt !== undefined && now < soldOutAt + longest;
      return sum + (isLearning ? waiting / longest : 0);
    }, 0);
    const waiting = open.reduce((sum, line) => sum + line.waiting, 0);
    this.#machine.add('second');
    if (waiting > 0) this.#machine.add('waitingSecond');
    this.#machine.add('waiter', waiting);
    const unknown = rates.unknown + (rates.unknown > 0 ? over : 0);
    this.#machine.notePolls({ polls: rates.polls + over, unknown });
    this.#report.pollsMax = Math.max(this.#report.pollsMax, rates.polls + over);
    this.#report.waitingMax = Math.max(this.#report.waitingMax, waiting);
    if (!this.#isOver) {
      this.#report = { ...this.#report, seconds: now, work: this.#machine.work };
      this.#agenda.put(now + 1, () => this.#tick());
    }
  }

  get #isOver(): boolean {
    if (this.#entered < this.#plan.users) return false;
    return this.#lines.every(
      ({ soldOutAt, waiting, active }) => soldOutAt !== undefined || waiting + active === 0,
    );
  }

  /** Once in each window: a queue admits as many at once as its limit permits. */
  #admit(): void {
    let isLeft = this.#entered < this.#plan.users;
    for (const line of this.#lines) {
      if (line.soldOutAt !== undefined) continue;
      const count = Math.min(line.waiting, line.plan.admitLimit);
      line.waiting -= count;
      line.active += count;
      this.#report.admitted += count;
      for (let index = 0; index < count; index += 1) this.#begin(line);
      if (line.waiting > 0) isLeft = true;
    }
    if (isLeft) this.#agenda.put(this.#agenda.now + this.#plan.windowSeconds, () => this.#admit());
  }

  #begin(line: Line): void {
    const buyer = new Buyer({
      plan: this.#plan,
      agenda: this.#agenda,
      machine: this.#machine,
      places: line.places,
      random: this.#random,
      onEnd: (paid) => this.#end(line, paid),
    });
    const learned = this.#agenda.now + FRONT_PAUSE_SECONDS * this.#random();
    this.#agenda.put(learned, () => buyer.look());
  }

  #end(line: Line, paid: number): void {
    line.active -= 1;
    line.paid += paid;
    if (paid === 0 || line.paid < placesOf(line.plan)) return;
    line.soldOutAt = this.#agenda.now;
    const { waiting } = line;
    this.#agenda.put(this.#agenda.now + OVER_SECONDS, () => this.#machine.add('ended', waiting));
  }
}
