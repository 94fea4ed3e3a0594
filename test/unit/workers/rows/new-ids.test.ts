/** The ids that a batch has drawn for new rows. */
import { describe, expect, test } from 'vitest';
import { NewIds } from '../../../../workers/rows/new-ids.ts';

describe('new ids', () => {
  test('are taken in order, each once', () => {
    const ids = new NewIds([11, 12]);
    expect([ids.take(), ids.take()]).toEqual([11, 12]);
  });

  test('throw an error when a handler takes too many', () => {
    const ids = new NewIds([11]);
    ids.take();
    expect(() => ids.take()).toThrow('A handler took more ids than its needs declared.');
  });
});
