/** The state of a draw by its times. */
import { expect, test } from 'vitest';
import { drawState } from '../../../../../src/web/board/queues/draw-state.ts';

const draw = {
  gathersAt: '2026-05-01T10:00:00.000Z',
  opensAt: '2026-05-01T11:00:00.000Z',
  cancelledAt: null,
  closedAt: null,
  drawnAt: null,
};
const at = (time: string) => Date.parse(`2026-05-01T${time}Z`);
const later = '2026-05-01T11:00:05.000Z';

test.each([
  ['announced', draw, '09:59:59'],
  ['gathering', draw, '10:00:00'],
  ['drawing', draw, '11:00:00'],
  ['drawing', { ...draw, closedAt: later }, '10:59:59'],
  ['drawn', { ...draw, closedAt: later, drawnAt: later }, '11:00:06'],
  ['cancelled', { ...draw, cancelledAt: later }, '10:30:00'],
] as const)('is %s', (state, given, time) => {
  expect(drawState(given, at(time))).toBe(state);
});
