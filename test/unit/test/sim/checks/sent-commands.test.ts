/** The judge of the rate limit in simulations. */
import { afterEach, expect, test } from 'vitest';
import { SentCommands } from '../../../../sim/checks/sent-commands.ts';
import { BEGIN_MS, clock } from '../../../../sim/host/clock.ts';

const LIMIT = 3;
const REFUSED = { status: 429, body: { code: 'RATE_LIMITED' } };
const ACCEPTED = { status: 202, body: {} };

afterEach(() => {
  clock.now = BEGIN_MS;
});

function sentBy(lastFaultAt = 0) {
  const commands = new SentCommands(LIMIT, () => lastFaultAt);
  return {
    send: (answer: typeof REFUSED | typeof ACCEPTED | undefined) =>
      commands.end(commands.begin('user-1'), answer),
  };
}

test('a refusal needs as many commands as are allowed, within the last ten seconds', () => {
  const { send } = sentBy();
  send(ACCEPTED);
  send(undefined);
  expect(send(REFUSED)).toMatch(/has sent 2 commands, and is refused one although 3/);
  send(ACCEPTED);
  expect(send(REFUSED)).toBeUndefined();
  clock.now += 11_001;
  expect(send(REFUSED)).toMatch(/has sent 0 commands/);
});

test('a user who gets many more commands accepted than are allowed breaks the promise', () => {
  const { send } = sentBy();
  const untold = Array.from({ length: LIMIT + 15 }, () => send(ACCEPTED));
  expect(untold.filter(Boolean)).toEqual([]);
  expect(send(ACCEPTED)).toMatch(/got 19 commands accepted/);
});

test('API processes that could not tell each other their counts may accept more', () => {
  const { send } = sentBy(BEGIN_MS);
  const answers = Array.from({ length: 2 * LIMIT + 20 }, () => send(ACCEPTED));
  expect(answers.filter(Boolean)).toEqual([]);
});
