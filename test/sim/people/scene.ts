/** The people of a simulation. There are more buyers than places. */
import { Customer } from './customer.ts';
import { Fan } from './fan.ts';
import { Gate } from './gate.ts';
import { HallKeeper } from './hall-keeper.ts';
import { Operator } from './operator.ts';
import { Script } from './script.ts';
import type { Shop } from './shop.ts';
import { Viewer } from './viewer.ts';

const CUSTOMERS = 20;
/** Some customers are the same user, in several tabs. */
const USERS = 13;
const GATES = 2;
const FANS = 6;
const VIEWERS = 3;

export interface Scene {
  viewers: readonly Viewer[];
  /** Prepares the sale. */
  open(): Promise<unknown>;
  /** Begins all that people do. @returns a promise that resolves when they have ended it */
  live(): Promise<unknown>;
}

export function openScene(shop: Shop, seed: number): Scene {
  const role = 'admin';
  const operator = new Operator(shop, { name: 'operator', subject: 'operator', seed, role });
  const keeper = new HallKeeper(shop, { name: 'keeper', subject: 'keeper', seed, role });
  const viewers = Array.from({ length: VIEWERS }, (_, number) => {
    const name = `viewer-${number}`;
    return new Viewer(shop, { name, subject: name, seed, role });
  });
  const customers = Array.from(
    { length: CUSTOMERS },
    (_, number) =>
      new Customer(shop, { name: `customer-${number}`, subject: `user-${number % USERS}`, seed }),
  );
  const gates = Array.from({ length: GATES }, (_, number) => {
    const name = `gate-${number}`;
    return new Gate(shop, { name, subject: name, seed, role: 'gate' });
  });
  const fans = Array.from({ length: FANS }, (_, number) => {
    const name = `fan-${number}`;
    return new Fan(shop, { name, subject: name, seed });
  });
  const script = new Script(shop, { name: 'script', subject: 'script', seed });
  return {
    viewers,
    async open() {
      await keeper.open();
      await operator.open();
    },
    live: () =>
      Promise.all([
        operator.work(),
        keeper.work(),
        ...customers.map((customer) => customer.live()),
        ...gates.map((gate) => gate.work()),
        ...fans.map((fan) => fan.live()),
        script.live(),
      ]),
  };
}
