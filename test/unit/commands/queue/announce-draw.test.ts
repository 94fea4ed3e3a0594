/** The times of a draw: users gather from `gathersAt`, and their order is drawn at `opensAt`. */
import { expect, test } from 'vitest';
import { announceDraw, drawBody } from '../../../../src/commands/queue/announce-draw.ts';

const noon = '2026-05-01T12:00:00.000Z';
const later = '2026-05-01T12:00:00.001Z';

/** The paths of invalid fields. The schemas of the body and of the command's input must agree. */
function faultsOf(times: object): string[] {
  const asBody = drawBody.safeParse(times);
  const asInput = announceDraw.input.safeParse({ concertId: 1, ...times });
  expect(asInput.success).toBe(asBody.success);
  return asBody.error?.issues.map((issue) => issue.path.join('.')) ?? [];
}

test('the draw must be after the start of gathering', () => {
  expect(faultsOf({ gathersAt: noon, opensAt: later })).toEqual([]);
  expect(faultsOf({ gathersAt: noon, opensAt: noon })).toEqual(['opensAt']);
  expect(faultsOf({ gathersAt: later, opensAt: noon })).toEqual(['opensAt']);
});

test('times in different time zones are compared as instants', () => {
  expect(faultsOf({ gathersAt: '2026-05-01T13:00:00+02:00', opensAt: later })).toEqual([]);
  expect(faultsOf({ gathersAt: noon, opensAt: '2026-05-01T13:00:00+02:00' })).toEqual(['opensAt']);
});

test.each([
  ['gathersAt', { opensAt: noon }],
  ['opensAt', { gathersAt: noon }],
  ['opensAt', { gathersAt: noon, opensAt: '2026-05-01' }],
  ['gathersAt', { gathersAt: 0, opensAt: noon }],
  ['', { gathersAt: noon, opensAt: noon, colour: 'red' }],
])('an invalid "%s" is refused in %j', (field, times) => {
  expect(faultsOf(times)).toContain(field);
});
