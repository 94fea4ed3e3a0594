/** Which draw operators can move and cancel at a concert. */
import { expect, test } from 'vitest';
import type { Draw } from '../../../../../src/client/index.ts';
import { ownDraw } from '../../../../../src/web/board/queues/own-draw.ts';

const draw = { id: 5, concertId: 1 } as Draw;

test('the draw of the concert is its own', () => {
  expect(ownDraw(draw, 1)).toEqual({ own: draw, foreign: null });
});

test('a draw of another concert of the queue is only shown', () => {
  expect(ownDraw(draw, 2)).toEqual({ own: null, foreign: draw });
});

test('a concert without a draw has none', () => {
  expect(ownDraw(null, 1)).toEqual({ own: null, foreign: null });
});
