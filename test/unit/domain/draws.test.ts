/** Who may announce a draw, and when. */
import { decideDraw } from '../../../src/domain/draws.ts';
import { minutesFromNow, NOW } from '../../support/builders.ts';
import { provePrecedence, type Row } from './rules.ts';

type Input = Parameters<typeof decideDraw>[0];

const past = { gathersAt: NOW, opensAt: NOW };
const base: Input = {
  concertId: 1,
  isConcertThere: false,
  isAnnounced: true,
  times: past,
  acceptedAt: NOW,
};

export const drawRows: Row<Input>[] = [
  { mended: 'everything is wrong', input: base, reason: 'CONCERT_NOT_FOUND' },
  {
    mended: 'the concert is there',
    input: { ...base, isConcertThere: true },
    reason: 'DRAW_ALREADY_ANNOUNCED',
  },
  {
    mended: 'no draw is announced yet',
    input: { ...base, isConcertThere: true, isAnnounced: false },
    reason: 'DRAW_IN_THE_PAST',
  },
  {
    mended: 'it lies ahead',
    input: {
      ...base,
      isConcertThere: true,
      isAnnounced: false,
      times: { gathersAt: NOW, opensAt: minutesFromNow(1) },
    },
    reason: undefined,
  },
];

provePrecedence(decideDraw, drawRows);
