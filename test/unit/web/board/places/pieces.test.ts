/** Commands for more seats than one command takes. */
import { describe, expect, test } from 'vitest';
import { SEATS_BLOCKED_MAX } from '../../../../../src/commands/operators/block-seats.ts';
import {
  inPieces,
  PIECE_MAX,
  type SendOptions,
  sendInPieces,
} from '../../../../../src/web/board/places/pieces.ts';

class Taken extends Error {
  readonly seatId: number;
  constructor(seatId: number) {
    super(`Seat ${seatId} is taken.`);
    this.seatId = seatId;
  }
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Carries out all pieces, and notes how many seats each had. */
function sender(change: Partial<SendOptions> = {}) {
  const sizes: number[] = [];
  const progress: string[] = [];
  const options: SendOptions = {
    async send(seatIds) {
      sizes.push(seatIds.length);
      await change.send?.(seatIds);
    },
    canSend: change.canSend ?? (() => true),
    takenSeat: (error) => (error instanceof Taken ? error.seatId : undefined),
    onPiece: (sent, all) => progress.push(`${sent} of ${all}`),
  };
  return { options, sizes, progress };
}

test('a piece has as many seats as the API takes', () => {
  expect(PIECE_MAX).toBe(SEATS_BLOCKED_MAX);
  expect(inPieces(ids(5), 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(inPieces([])).toEqual([]);
});

describe('sending in pieces', () => {
  test('carries out all pieces, and reports the progress before each', async () => {
    const { options, sizes, progress } = sender();
    const sent = await sendInPieces(ids(2500), options);
    expect(sizes).toEqual([1000, 1000, 500]);
    expect(progress).toEqual(['0 of 3', '1 of 3', '2 of 3']);
    expect(sent.done).toEqual(ids(2500));
    expect(sent).toMatchObject({ skipped: [], left: [], pieces: { done: 3, all: 3 } });
    expect(sent).not.toHaveProperty('problem');
  });

  test('an error in the middle says what was done and what was not', async () => {
    const problem = new Error('The network is gone.');
    const { options, sizes } = sender({
      async send(seatIds) {
        if (seatIds.includes(1500)) throw problem;
      },
    });
    const sent = await sendInPieces(ids(2500), options);
    expect(sizes).toEqual([1000, 1000]);
    expect(sent.done).toEqual(ids(1000));
    expect(sent.left).toEqual(ids(2500).slice(1000));
    expect(sent).toMatchObject({ skipped: [], pieces: { done: 1, all: 3 }, problem });
  });

  test('seats that were taken meanwhile are skipped, and the others of their piece are sent again', async () => {
    const taken = [2, 4];
    const { options, sizes } = sender({
      async send(seatIds) {
        const seatId = taken.find((each) => seatIds.includes(each));
        if (seatId !== undefined) throw new Taken(seatId);
      },
    });
    const sent = await sendInPieces(ids(5), options);
    expect(sizes).toEqual([5, 4, 3]);
    expect(sent).toMatchObject({ done: [1, 3, 5], skipped: [2, 4], left: [] });
    expect(sent.pieces).toEqual({ done: 1, all: 1 });
  });

  test('seats that the page knows to be taken are not sent', async () => {
    const { options, sizes } = sender({ canSend: (seatId) => seatId > 1000 });
    const sent = await sendInPieces(ids(1001), options);
    expect(sizes).toEqual([1]);
    expect(sent.done).toEqual([1001]);
    expect(sent.skipped).toEqual(ids(1000));
    expect(sent.pieces).toEqual({ done: 1, all: 1 });
  });

  test('seats that are taken while earlier pieces are sent are skipped too', async () => {
    let isTaken = false;
    const { options, sizes } = sender({
      canSend: (seatId) => !isTaken || seatId !== 1500,
      async send() {
        isTaken = true;
      },
    });
    const sent = await sendInPieces(ids(2000), options);
    expect(sizes).toEqual([1000, 999]);
    expect(sent).toMatchObject({ skipped: [1500], left: [], pieces: { done: 2, all: 2 } });
  });

  test('a piece that is refused again and again ends the sending', async () => {
    const { options, sizes } = sender({
      async send([first]) {
        throw new Taken(first as number);
      },
    });
    const sent = await sendInPieces(ids(100), options);
    expect(sizes).toHaveLength(21);
    expect(sent.problem).toBeInstanceOf(Taken);
    expect(sent).toMatchObject({ done: [], left: ids(100), pieces: { done: 0, all: 1 } });
  });
});
