/** Which draws the page of a concert names. */
import { expect, test } from 'vitest';
import { concernsSale } from '../../../../../src/web/views/events/sale-draw.ts';

const time = '2026-05-01T10:00:00.000Z';
const draw = { concertId: 1, gathersAt: time, cancelledAt: null, drawnAt: null };
const before = Date.parse(time) - 1;
const since = Date.parse(time);

test.each([
  ['the draw of the concert before it gathers', true, draw, 1, before],
  ['the draw of the concert', true, draw, 1, since],
  ['the draw of another concert before it gathers', false, draw, 2, before],
  ['the draw of another concert while it gathers', true, draw, 2, since],
  ['a draw that was cancelled', false, { ...draw, cancelledAt: time }, 1, since],
  ['a draw that was made', false, { ...draw, drawnAt: time }, 1, since],
] as const)('%s decides the order: %s', (_, concerns, given, concertId, now) => {
  expect(concernsSale(given, concertId, now)).toBe(concerns);
});
