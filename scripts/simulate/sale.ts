/**
 * A sale, simulated: users come and enter the queue, wait and look at their place, are admitted at a rate, look at the
 * seats, book, charge and pay, or leave. Commands are played one by one. The polls of those who wait are not: they
 * take their share of the API processes, and commands take longer by that.
 */
import { Agenda } from './agenda.ts';
import { pollsPerSecond } from './polls.ts';
import { seededRandom } from './seeded-random.ts';
import { System, type SystemSettings, type Tier } from './system.ts';

export interface SaleSettings extends SystemSettings {
  users: number;
  seats: number;
  /** Within about so many seconds all users come, one independent of the other. */
  rushSeconds: number;
  admitPerSecond: number;
  /** Between two steps of somebody who was admitted, on average. */
  thinkSeconds: number;
  /** Of those who hold a seat, 0..1; the others let the hold run out. */
  payShare: number;
  holdSeconds: number;
  seed: number;
}

export interface SaleReport {
  /** When the last seat was paid, or else the last user was through; in s. */
  overAt: number;
  users: { paid: number; foundNone: number; didNotPay: number; neverAdmitted: number };
  seats: { paid: number; left: number };
  /** Users admitted at once, at most. */
  activeMax: number;
  pollsMax: number;
  /** From request to outcome, in s, in no order. */
  latencies: { enter: number[]; buy: number[] };
  commandsABatch: number;
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
  #free: number;
  #paid = 0;
  #overAt = 0;

  constructor(settings: SaleSettings) {
    this.#settings = settings;
    this.#free = settings.seats;
    this.#random = seededRandom(settings.seed);
    this.#system = new System(this.#agenda, settings, this.#random);
  }

  run(): SaleReport {
    this.#agenda.put(0, () => this.#arrive());
    this.#agenda.put(1, () => this.#tick());
    this.#agenda.run();
    const { seats } = this.#settings;
    return {
      overAt: this.#overAt,
      users: { ...this.#users, neverAdmitted: this.#waiting },
      seats: { paid: this.#paid, left: seats - this.#paid },
      activeMax: this.#activeMax,
      pollsMax: this.#pollsMax,
      latencies: this.#latencies,
      commandsABatch: this.#system.commandsABatch,
      tiers: this.#system.tiers(this.#overAt),
    };
  }

  get #isSoldOut(): boolean {
    return this.#paid === this.#settings.seats;
  }

  #arrive(): void {
    const { users, rushSeconds } = this.#settings;
    if (this.#arrived === users) return;
    this.#arrived += 1;
    this.#send('enter', () => {
      this.#waiting += 1;
    });
    this.#in(rushSeconds / users, () => this.#arrive());
  }

  /** Each second: those who wait have looked at their places, and the next are admitted. */
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
      this.#agenda.put(this.#system.readSeats(), () => this.#think(() => this.#book()));
    });
  }

  #book(): void {
    this.#send('buy', () => {
      if (this.#free === 0) return this.#leave('foundNone');
      this.#free -= 1;
      if (this.#random() < this.#settings.payShare) return this.#think(() => this.#pay());
      this.#leave('didNotPay');
      const end = this.#agenda.now + this.#settings.holdSeconds;
      this.#agenda.put(end, () => {
        this.#free += 1;
      });
    });
  }

  /** Two commands: the points are charged first. */
  #pay(): void {
    this.#send('buy', () => {
      this.#send('buy', () => {
        this.#paid += 1;
        this.#leave('paid');
      });
    });
  }

  #leave(why: 'paid' | 'foundNone' | 'didNotPay'): void {
    this.#users[why] += 1;
    this.#active -= 1;
    if (why === 'paid' || !this.#isSoldOut) this.#overAt = this.#agenda.now;
  }

  #send(kind: 'enter' | 'buy', done: () => void): void {
    const sentAt = this.#agenda.now;
    this.#system.send(kind, () => {
      this.#latencies[kind].push(this.#agenda.now - sentAt);
      done();
    });
  }

  #think(next: () => void): void {
    this.#in(this.#settings.thinkSeconds, next);
  }

  /** After a time that is random, and this long on average. */
  #in(meanSeconds: number, act: () => void): void {
    const seconds = -Math.log(1 - this.#random()) * meanSeconds;
    this.#agenda.put(this.#agenda.now + seconds, act);
  }
}
