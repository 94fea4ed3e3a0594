/**
 * A simulated sale: users arrive, enter the queue, poll their entry, are admitted at a fixed rate, read the seats,
 * book, charge and pay, or leave. Some want a standing place of an area instead of a seat. Commands are simulated one by one. Polls are not: they use up a share of the API
 * processes, which makes commands slower.
 */
import { Agenda } from './agenda.ts';
import { pollsPerSecond } from './polls.ts';
import { seededRandom } from './seeded-random.ts';
import { type SentCommand, System, type SystemSettings, type Tier } from './system.ts';

/** What a user wants to buy. */
type Place = 'seat' | 'standing';

export interface SaleSettings extends SystemSettings {
  users: number;
  seats: number;
  /** The capacity of the area; 0 for a sale of seats alone. */
  standing: number;
  /** The share of users who want a standing place, 0..1. They do not take a seat instead, nor the others a standing place. */
  standingShare: number;
  /** All users arrive independently within about this time. */
  rushSeconds: number;
  admitPerSecond: number;
  /** The mean time between two steps of an admitted user. */
  thinkSeconds: number;
  /** The share of holders who pay, 0..1; the others let the hold expire. */
  payShare: number;
  holdSeconds: number;
  seed: number;
}

export interface SaleReport {
  /** When the last place was paid, or, if places are left, when the last user had finished; in s. */
  overAt: number;
  users: { paid: number; foundNone: number; didNotPay: number; neverAdmitted: number };
  seats: { paid: number; left: number };
  standing: { paid: number; left: number };
  /** The highest number of active users. */
  activeMax: number;
  pollsMax: number;
  /** From request to outcome, in s, unsorted. */
  latencies: { enter: number[]; buy: number[] };
  commandsPerBatch: number;
  tiers: Tier[];
}

export function simulateSale(settings: SaleSettings): SaleReport {
  return new Sale(settings).run();
}

class Sale {
  readonly #settings: SaleSettings;
  readonly #agenda = new Agenda();
  readonly #random: () => number;
  readonly #system: System;
  readonly #latencies: SaleReport['latencies'] = { enter: [], buy: [] };
  readonly #users = { paid: 0, foundNone: 0, didNotPay: 0, neverAdmitted: 0 };
  #arrived = 0;
  #waiting = 0;
  #active = 0;
  #activeMax = 0;
  #pollsMax = 0;
  readonly #free: Record<Place, number>;
  readonly #paid: Record<Place, number> = { seat: 0, standing: 0 };
  #overAt = 0;

  constructor(settings: SaleSettings) {
    this.#settings = settings;
    this.#free = { seat: settings.seats, standing: settings.standing };
    this.#random = seededRandom(settings.seed);
    this.#system = new System(this.#agenda, settings, this.#random);
  }

  run(): SaleReport {
    this.#agenda.put(0, () => this.#arrive());
    this.#agenda.put(1, () => this.#tick());
    this.#agenda.run();
    const { seats, standing } = this.#settings;
    return {
      overAt: this.#overAt,
      users: { ...this.#users, neverAdmitted: this.#waiting },
      seats: { paid: this.#paid.seat, left: seats - this.#paid.seat },
      standing: { paid: this.#paid.standing, left: standing - this.#paid.standing },
      activeMax: this.#activeMax,
      pollsMax: this.#pollsMax,
      latencies: this.#latencies,
      commandsPerBatch: this.#system.commandsPerBatch,
      tiers: this.#system.tiers(this.#overAt),
    };
  }

  get #isSoldOut(): boolean {
    const { seats, standing } = this.#settings;
    return this.#paid.seat === seats && this.#paid.standing === standing;
  }

  #arrive(): void {
    const { users, rushSeconds } = this.#settings;
    if (this.#arrived === users) return;
    this.#arrived += 1;
    this.#send({ kind: 'enter', lane: 'queue', isOfArea: false }, () => {
      this.#waiting += 1;
    });
    this.#in(rushSeconds / users, () => this.#arrive());
  }

  /** Runs every second: accounts for the polls of waiting users, and admits the next users. */
  #tick(): void {
    const { users, admitPerSecond } = this.#settings;
    const polls = this.#isSoldOut ? 0 : pollsPerSecond(this.#waiting, admitPerSecond);
    this.#pollsMax = Math.max(this.#pollsMax, polls);
    this.#system.noteSecond(polls);
    const admitted = this.#isSoldOut ? 0 : Math.min(admitPerSecond, this.#waiting);
    for (let number = 0; number < admitted; number += 1) this.#admit();
    const isOver = this.#latencies.enter.length === users && this.#active === 0;
    if (isOver && (this.#isSoldOut || this.#waiting === 0)) return;
    this.#agenda.put(this.#agenda.now + 1, () => this.#tick());
  }

  #admit(): void {
    this.#waiting -= 1;
    this.#active += 1;
    this.#activeMax = Math.max(this.#activeMax, this.#active);
    this.#think(() => {
      const wanted = this.#wantedPlace();
      this.#agenda.put(this.#system.readSeats(), () => this.#think(() => this.#book(wanted)));
    });
  }

  /** Draws no random number for a sale of seats alone, so that the sale of a seed stays the same. */
  #wantedPlace(): Place {
    const { standing, standingShare } = this.#settings;
    return standing > 0 && this.#random() < standingShare ? 'standing' : 'seat';
  }

  #book(place: Place): void {
    const isOfArea = place === 'standing';
    this.#send({ kind: 'buy', lane: isOfArea ? 'area' : 'any', isOfArea }, () => {
      if (this.#free[place] === 0) return this.#leave('foundNone');
      this.#free[place] -= 1;
      if (this.#random() < this.#settings.payShare) return this.#think(() => this.#pay(place));
      this.#leave('didNotPay');
      const end = this.#agenda.now + this.#settings.holdSeconds;
      this.#agenda.put(end, () => {
        this.#free[place] += 1;
      });
    });
  }

  /** Sends two commands, both in the user's lane: charges points, then pays. */
  #pay(place: Place): void {
    this.#send({ kind: 'buy', lane: 'any', isOfArea: false }, () => {
      this.#send({ kind: 'buy', lane: 'any', isOfArea: place === 'standing' }, () => {
        this.#paid[place] += 1;
        this.#leave('paid');
      });
    });
  }

  #leave(why: 'paid' | 'foundNone' | 'didNotPay'): void {
    this.#users[why] += 1;
    this.#active -= 1;
    if (why === 'paid' || !this.#isSoldOut) this.#overAt = this.#agenda.now;
  }

  #send(command: SentCommand, done: () => void): void {
    const sentAt = this.#agenda.now;
    this.#system.send(command, () => {
      this.#latencies[command.kind].push(this.#agenda.now - sentAt);
      done();
    });
  }

  #think(next: () => void): void {
    this.#in(this.#settings.thinkSeconds, next);
  }

  /** Schedules an act after an exponentially distributed time with this mean. */
  #in(meanSeconds: number, act: () => void): void {
    const seconds = -Math.log(1 - this.#random()) * meanSeconds;
    this.#agenda.put(this.#agenda.now + seconds, act);
  }
}
