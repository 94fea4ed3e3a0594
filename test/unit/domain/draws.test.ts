/** When a draw can be announced. */
import { expect, test } from 'vitest';
import { decideDraw } from '../../../src/domain/draws.ts';
import { minutesFromNow, NOW } from '../../support/builders.ts';
import { provePrecedence } from './rules.ts';

type Input = Parameters<typeof decideDraw>[0];

const worst: Input = {
  concertId: 1,
  concertExists: false,
  isAnnounced: true,
  times: { gathersAt: NOW, opensAt: NOW },
  acceptedAt: NOW,
};
const ahead = { gathersAt: NOW, opensAt: new Date(NOW.getTime() + 1) };

provePrecedence(decideDraw, { input: worst, reason: 'CONCERT_NOT_FOUND' }, [
  {
    fixed: 'the missing concert',
    by: { concertExists: true },
    reason: 'DRAW_ALREADY_ANNOUNCED',
  },
  { fixed: 'the earlier announcement', by: { isAnnounced: false }, reason: 'DRAW_IN_THE_PAST' },
  { fixed: 'the past time', by: { times: ahead }, reason: undefined },
]);

test('a draw keeps its times even if gathering has already begun', () => {
  const times = { gathersAt: minutesFromNow(-5), opensAt: minutesFromNow(5) };
  const allowed = { ...worst, concertExists: true, isAnnounced: false, times };
  expect(decideDraw(allowed).change).toEqual(times);
});
