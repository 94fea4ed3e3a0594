/** Holds wait for pending payments, so it must be known in which lanes these are. */
import { expect, test } from 'vitest';
import { type CommandName, commands } from '../../../../src/commands/index.ts';
import { PAYING_LANES } from '../../../../workers/timers/expire-holds.ts';

const PAYING: CommandName[] = [
  'pay-booking',
  'pay-order',
  'start-checkout',
  'checkout-opened',
  'settle-checkout',
];

test.each(PAYING)('%s is in a lane that is looked at before a hold is ended', (name) => {
  const { kind } = commands[name].laneKey({} as never, 'ada');
  expect(PAYING_LANES).toContain(kind);
});
