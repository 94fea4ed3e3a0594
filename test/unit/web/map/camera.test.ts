/** The visible part of the hall. */
import { describe, expect, test } from 'vitest';
import {
  type Bounds,
  type Camera,
  centreOn,
  fitInto,
  panBy,
  reveal,
  shownPart,
  showPart,
  zoomAt,
} from '../../../../src/web/map/camera.ts';

const hall: Bounds = { left: -2, top: -6, right: 102, bottom: 62 };
const view = { width: 400, height: 300 };

/** The part of the hall in view, in cells. */
const seen = ({ scale, x, y }: Camera) => ({
  left: -x / scale,
  top: -y / scale,
  right: (view.width - x) / scale,
  bottom: (view.height - y) / scale,
});

test('the whole hall fits into the view and is centred', () => {
  const { left, top, right, bottom } = seen(fitInto(hall, view));
  expect(left).toBeCloseTo(hall.left);
  expect(top).toBeLessThan(hall.top);
  expect((left + right) / 2).toBeCloseTo((hall.left + hall.right) / 2);
  expect((top + bottom) / 2).toBeCloseTo((hall.top + hall.bottom) / 2);
});

test('a zoom does not move the point under the finger', () => {
  const before = centreOn(20, { x: 50, y: 30 }, hall, view);
  const at = { x: 120, y: 200 };
  const after = zoomAt(before, 1.5, at, hall, view);
  expect(after.scale).toBe(30);
  expect((at.x - after.x) / after.scale).toBeCloseTo((at.x - before.x) / before.scale);
  expect((at.y - after.y) / after.scale).toBeCloseTo((at.y - before.y) / before.scale);
});

describe('limits', () => {
  test('the scale stays between the whole hall and 56 pixels per seat', () => {
    const whole = fitInto(hall, view);
    const middle = { x: 200, y: 150 };
    expect(zoomAt(whole, 0.1, middle, hall, view).scale).toBe(whole.scale);
    expect(zoomAt(whole, 1000, middle, hall, view).scale).toBe(56);
  });

  test('a pan does not leave the hall', () => {
    const near = centreOn(20, { x: 50, y: 30 }, hall, view);
    const { left, top } = seen(panBy(near, 1e6, 1e6, hall, view));
    expect([left, top]).toEqual([hall.left, hall.top]);
    const { right, bottom } = seen(panBy(near, -1e6, -1e6, hall, view));
    expect(right).toBeCloseTo(hall.right);
    expect(bottom).toBeCloseTo(hall.bottom);
  });
});

test('a section is shown as a whole, and the part of the hall that is shown is known', () => {
  const section = { left: 10, top: 10, right: 40, bottom: 20 };
  const near = showPart(section, hall, view);
  const { left, top, right, bottom } = seen(near);
  expect([left, right]).toEqual([expect.closeTo(10), expect.closeTo(40)]);
  expect(top).toBeLessThan(10);
  expect(bottom).toBeGreaterThan(20);
  expect(shownPart(near, hall, view)).toBeCloseTo(
    ((right - left) * (bottom - top)) / ((102 + 2) * (62 + 6)),
  );
  expect(shownPart(fitInto(hall, view), hall, view)).toBe(1);
});

test('revealing a cell moves the view only if the cell is outside', () => {
  const near = centreOn(20, { x: 50, y: 30 }, hall, view);
  expect(reveal(near, { x: 50, y: 30 }, hall, view)).toEqual(near);
  const { right } = seen(reveal(near, { x: 70, y: 30 }, hall, view));
  expect(right).toBeGreaterThan(70);
});
