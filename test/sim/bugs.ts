/** The bugs that are planted to see whether the simulator finds them: faults of the mutation tests, and some of its own. */
import { mutants as tested } from '../mutants/index.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { hallBugs } from './hall-bugs.ts';
import { ownBugs } from './own-bugs.ts';
import { rateBugs } from './rate-bugs.ts';
import { streamBugs } from './stream-bugs.ts';
import { webhookBugs } from './webhook-bugs.ts';

export type Bug = Omit<Mutant, 'tests'>;

/** Their names in `test/mutants`. */
const SHARED = [
  'a sold seat can be held',
  'a user gets one seat more than allowed',
  'others get a seat in the grace of its hold',
  'another user can pay an order',
  'an order can be paid twice',
  'a payment that was accepted after the end of the hold goes through',
  'a refund gives nothing back',
  'a cancelled booking stays in the total of its order',
  'a balance can go below zero',
  'a queue token is active beyond its end',
  'an area gives more places than it has',
  'an order of several places passes the limit',
  'a batch does not compare the epoch',
  'a command with a receipt is applied again',
  'a key used for another request is given the old outcome',
  'a lane whose batch failed is not taken up again',
  'expiry gives no place of an area back',
  'a paid place of an area stays held',
  'a paid place of an area runs out',
  'a refunded place of an area is given back as a held one',
  'the ceiling of active users does not hold',
  'the fence takes no lock',
  'users take no turns between lanes',
  'two admissions at a time do not see each other',
  'a booking of a partly refunded order counts as held',
  'one booking of several can be paid by itself',
  'the last point cannot be used',
  'a place is taken out of an order while its payment page is open',
  'a payment is credited each time that the provider tells of it',
  'each checkout of an order prolongs its hold',
  'a prolonged hold has no grace period',
  'the batch that prolongs a hold leaves its queue entry as it is',
  'late money stays in the points, and goes back to the card as well',
  'all attempts of a refund have one key',
  'an outage of the sandbox is a refusal',
  'late comers are drawn with the others',
  'those who waited before are drawn with the others',
  'late comers stay ahead of the drawn users',
  'the line still has the numbers from before a draw',
];

function shared(name: string): Bug {
  const found = tested.find((mutant) => mutant.name === name);
  if (!found) throw new Error(`There is no mutant "${name}".`);
  return found;
}

export const bugs: readonly Bug[] = [
  ...SHARED.map(shared),
  ...ownBugs,
  ...webhookBugs,
  ...rateBugs,
  ...streamBugs,
  ...hallBugs,
];
