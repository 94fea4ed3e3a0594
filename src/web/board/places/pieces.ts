/**
 * Sends a command for many seats in pieces, because one command takes 1000 at most. A piece is carried out for all of its seats or for
 * none. A seat that was taken meanwhile is skipped, and its piece is sent again without it; any other error ends the sending.
 */

/** The most seats of one command that blocks or releases. A test compares it with the API's. */
export const PIECE_MAX = 1000;
/** How often a piece is sent again without the seat for which it was refused. In a rush seats go faster than that. */
const REFUSALS_MAX = 20;

export interface SendOptions {
  send(seatIds: readonly number[]): Promise<unknown>;
  /** Whether a seat can still be changed, as far as the page knows. */
  canSend(seatId: number): boolean;
  /** The seat that another user has taken, if the error says so. */
  takenSeat(error: unknown): number | undefined;
  /** Called before each piece. @param sent the pieces before it @param all the number of pieces */
  onPiece(sent: number, all: number): void;
}

/** What became of the seats, by id. */
export interface Sent {
  done: number[];
  /** Those that could not be changed at first, or when their piece was sent. */
  skipped: number[];
  /** Of the piece that failed and of those after it. An interrupted command may have taken effect nevertheless. */
  left: number[];
  /** The pieces that were carried out, and all. */
  pieces: { done: number; all: number };
  /** Why the sending ended early; undefined if it did not. */
  problem?: unknown;
}

export function inPieces<Item>(items: readonly Item[], max = PIECE_MAX): Item[][] {
  return Array.from({ length: Math.ceil(items.length / max) }, (_, piece) =>
    items.slice(piece * max, (piece + 1) * max),
  );
}

/** Sends one piece after the other. It never rejects. */
export async function sendInPieces(
  seatIds: readonly number[],
  options: SendOptions,
): Promise<Sent> {
  const able = new Set(seatIds.filter(options.canSend));
  const pieces = inPieces([...able]);
  const sent: Sent = {
    done: [],
    skipped: seatIds.filter((seatId) => !able.has(seatId)),
    left: [],
    pieces: { done: 0, all: pieces.length },
  };
  for (const [index, piece] of pieces.entries()) {
    options.onPiece(index, pieces.length);
    try {
      const done = new Set(await sendPiece(piece, options));
      sent.done.push(...done);
      sent.skipped.push(...piece.filter((seatId) => !done.has(seatId)));
      sent.pieces.done += 1;
    } catch (problem) {
      return { ...sent, left: pieces.slice(index).flat(), problem };
    }
  }
  return sent;
}

/** @returns the seats that were changed */
async function sendPiece(
  piece: readonly number[],
  { send, canSend, takenSeat }: SendOptions,
): Promise<readonly number[]> {
  let rest = piece.filter(canSend);
  for (let refusals = 0; rest.length > 0; refusals += 1) {
    try {
      await send(rest);
      return rest;
    } catch (error) {
      const taken = takenSeat(error);
      if (taken === undefined || refusals === REFUSALS_MAX) throw error;
      rest = rest.filter((seatId) => seatId !== taken && canSend(seatId));
    }
  }
  return rest;
}
