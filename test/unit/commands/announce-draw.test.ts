/** The times of a draw: first those who wait gather, then their order is drawn. */
import { expect, test } from 'vitest';
import { announceDraw, drawBody } from '../../../src/commands/announce-draw.ts';

const noon = '2026-05-01T12:00:00.000Z';
const later = '2026-05-01T12:00:00.001Z';

/** The route's body and the command's input agree on what is wrong. */
function faultsOf(times: object): string[] {
  const asBody = drawBody.safeParse(times);
  const asInput = announceDraw.input.safeParse({ concertId: 1, ...times });
  expect(asInput.success).toBe(asBody.success);
  return asBody.error?.issues.map((issue) => issue.path.join('.')) ?? [];
}

test('the order can be drawn when all have gathered, or at the same moment', () => {
  expect(faultsOf({ gathersAt: noon, opensAt: later })).toEqual([]);
  expect(faultsOf({ gathersAt: noon, opensAt: noon })).toEqual([]);
});

test('the order cannot be drawn before anybody gathers', () => {
  expect(faultsOf({ gathersAt: later, opensAt: noon })).toEqual(['opensAt']);
});

test('the times are compared as times, whatever zone they are written in', () => {
  expect(faultsOf({ gathersAt: '2026-05-01T13:00:00+02:00', opensAt: noon })).toEqual([]);
  expect(faultsOf({ gathersAt: noon, opensAt: '2026-05-01T13:00:00+02:00' })).toEqual(['opensAt']);
});

test.each([
  ['gathersAt', { opensAt: noon }],
  ['opensAt', { gathersAt: noon }],
  ['opensAt', { gathersAt: noon, opensAt: '2026-05-01' }],
  ['gathersAt', { gathersAt: 0, opensAt: noon }],
  ['', { gathersAt: noon, opensAt: noon, colour: 'red' }],
])('what is wrong at "%s" is refused in %j', (field, times) => {
  expect(faultsOf(times)).toContain(field);
});
