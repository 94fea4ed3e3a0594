/** An admitted user of the simulated large sale: the same steps as in `scripts/bench/sale/buyer.ts`. */
import type { Agenda } from '../agenda.ts';
import { type BuyerPlan, drawBuyer, drawThinking } from './buyer-plan.ts';
import type { Machine } from './machine.ts';
import { type HeldPlaces, type Places, quantityOf } from './places.ts';
import type { SalePlan } from './plan.ts';

export interface BuyerDeps {
  plan: SalePlan;
  agenda: Agenda;
  machine: Machine;
  places: Places;
  random(): number;
  /** Called when the user has paid for so many places, or has bought nothing. */
  onEnd(paid: number): void;
}

/** From the order to the payment page, and from the payment there to the order that is paid, in s: calls and events of the sandbox. */
const CALL_SECONDS = 0.1;
/** The load looks at a checkout at once and after a second, when it is paid. */
const LOOK_SECONDS = 1;

export class Buyer {
  readonly #deps: BuyerDeps;
  readonly #plan: BuyerPlan;
  #tries = 0;
  #quantity: number;

  constructor(deps: BuyerDeps) {
    this.#deps = deps;
    this.#plan = drawBuyer(deps.plan, deps.random);
    this.#quantity = this.#plan.quantity;
  }

  /** Looks at the map, and chooses. */
  look(): void {
    const { machine, places, plan, random } = this.#deps;
    this.#think(() => {
      machine.add('read');
      this.#tries += 1;
      const { takesBest } = this.#plan;
      const wish = places.wish({ quantity: this.#quantity, takesBest }, random);
      const tryAgain = () => {
        this.#quantity = Math.max(1, Math.floor(this.#quantity / 2));
        if (this.#tries < plan.triesMax) this.look();
        else this.#leave();
      };
      if (!wish) return tryAgain();
      this.#think(() =>
        machine.send('request', () => {
          const held = places.take(wish);
          if (held) this.#decide(held);
          else tryAgain();
        }),
      );
    });
  }

  #decide(held: HeldPlaces): void {
    const { agenda, places, plan } = this.#deps;
    this.#think(() => {
      if (this.#plan.ending === 'pays') return this.#pay(held);
      if (this.#plan.ending === 'gives back') return this.#giveBack(held);
      const left = plan.holdSeconds + plan.graceSeconds - plan.thinkSeconds;
      agenda.put(agenda.now + left, () => places.giveBack(held));
      this.#deps.onEnd(0);
    });
  }

  #pay(held: HeldPlaces): void {
    const { machine } = this.#deps;
    if (this.#plan.method === 'card') this.#payByCard(held);
    else machine.send('request', () => machine.send('request', () => this.#own(held)));
  }

  #payByCard(held: HeldPlaces): void {
    const { machine } = this.#deps;
    const { onPage } = this.#plan;
    const settle = () =>
      this.#in(CALL_SECONDS, () =>
        machine.enqueue('command', () =>
          this.#in(LOOK_SECONDS, () => {
            machine.add('read', 2);
            if (onPage === 'decline') this.#giveBack(held);
            else this.#own(held);
          }),
        ),
      );
    machine.send('request', () =>
      this.#in(CALL_SECONDS, () =>
        machine.enqueue('command', () => {
          machine.add('read');
          this.#think(() => (onPage === 'challenge' ? this.#think(settle) : settle()));
        }),
      ),
    );
  }

  #own(held: HeldPlaces): void {
    this.#deps.machine.add('read');
    this.#deps.onEnd(quantityOf(held));
  }

  #giveBack(held: HeldPlaces): void {
    const { machine, places } = this.#deps;
    machine.send('request', () => {
      places.giveBack(held);
      this.#leave();
    });
  }

  #leave(): void {
    this.#deps.machine.send('request', () => this.#deps.onEnd(0));
  }

  #think(next: () => void): void {
    const { plan, random } = this.#deps;
    this.#in(drawThinking(plan.thinkSeconds, random), next);
  }

  #in(seconds: number, next: () => void): void {
    const { agenda } = this.#deps;
    agenda.put(agenda.now + seconds, next);
  }
}
