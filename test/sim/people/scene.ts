/** The people of a simulation. There are more buyers than places. */
import { Customer } from './customer.ts';
import { Fan } from './fan.ts';
import { Gate } from './gate.ts';
import { Operator } from './operator.ts';
import { Script } from './script.ts';
import type { Shop } from './shop.ts';

const CUSTOMERS = 20;
/** Some customers are the same user, in several tabs. */
const USERS = 13;
const GATES = 2;
const FANS = 6;

export interface Scene {
  operator: Operator;
  /** Begins all that people do. @returns a promise that resolves when they have ended it */
  live(): Promise<unknown>;
}

export function openScene(shop: Shop, seed: number): Scene {
  const operator = new Operator(shop, {
    name: 'operator',
    subject: 'operator',
    seed,
    role: 'admin',
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
    operator,
    live: () =>
      Promise.all([
        operator.work(),
        ...customers.map((customer) => customer.live()),
        ...gates.map((gate) => gate.work()),
        ...fans.map((fan) => fan.live()),
        script.live(),
      ]),
  };
}
