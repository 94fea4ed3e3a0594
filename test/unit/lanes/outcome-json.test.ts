/** The JSON of an outcome: the same as before it was kept, and encoded once. */
import { expect, test } from 'vitest';
import { COMMAND_FAILED, type Outcome } from '../../../src/commands/command.ts';
import { bodyJsonOf, outcomeJsonOf } from '../../../src/lanes/outcome-json.ts';

const problem = { code: 'SEAT_ALREADY_HELD', detail: 'Seat 1 is “held”.\n', seatId: 1 };
const OUTCOMES: Outcome[] = [
  { state: 'succeeded', result: { id: 7, name: 'A \\ "B"' } },
  { state: 'rejected', problem },
  COMMAND_FAILED,
];

test.each(OUTCOMES)('an outcome that has $state is encoded as by JSON.stringify', (outcome) => {
  const { state, ...body } = outcome;
  expect(JSON.parse(outcomeJsonOf(outcome))).toEqual(outcome);
  expect(JSON.parse(bodyJsonOf(outcome))).toEqual(Object.values(body)[0]);
  expect(outcomeJsonOf(outcome)).toBe(JSON.stringify({ state, ...body }));
});

test('an outcome is encoded once, however often its JSON is needed', () => {
  let encoded = 0;
  const toJSON = () => {
    encoded += 1;
    return { id: 7 };
  };
  const outcome: Outcome = { state: 'succeeded', result: { toJSON } };
  expect([bodyJsonOf(outcome), bodyJsonOf(outcome)]).toEqual(['{"id":7}', '{"id":7}']);
  expect(outcomeJsonOf(outcome)).toBe('{"state":"succeeded","result":{"id":7}}');
  expect(encoded).toBe(1);
});
