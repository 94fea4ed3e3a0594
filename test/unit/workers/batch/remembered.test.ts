/** What a worker process forgets after it has lost its connections to PostgreSQL. */
import { expect, test } from 'vitest';
import { Remembered } from '../../../../workers/batch/remembered.ts';

test('a process looks for areas again after a new connection replaces a lost one', () => {
  const remembered = new Remembered();
  remembered.areaUse.noteFound();
  remembered.forgetIfStale();
  expect(remembered.areaUse.isAnyKnown, 'no connection was lost').toBe(true);
  remembered.markStale();
  remembered.forgetIfStale();
  expect(remembered.areaUse.isAnyKnown).toBe(false);
});
