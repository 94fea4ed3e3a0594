/** Blocks and releases chosen seats, in pieces, and keeps what became of them. */
import { useState } from 'preact/hooks';
import type { Seat } from '../../../commands/schemas/resources.ts';
import { callApi, problemOf } from '../../api.ts';
import { useAction } from '../../hooks.ts';
import { BLOCKED, type SeatStates } from '../../map/seat-states.ts';
import type { BlockedReasons } from './blocked-reasons.ts';
import { type Sent, sendInPieces } from './pieces.ts';
import { canBlock, type Selection } from './selection.ts';

export type ChangeKind = 'block' | 'release';

export interface Outcome extends Sent {
  kind: ChangeKind;
}

/** The number of the command that is under way, from 1, and of all. */
export interface Progress {
  number: number;
  all: number;
}

/** @param onDone receives the indexes of the seats that were changed */
export function useChange(
  states: SeatStates,
  reasons: BlockedReasons,
  onDone: (indexes: readonly number[]) => void,
) {
  const [isBusy, run] = useAction();
  const [progress, setProgress] = useState<Progress>();
  const [outcome, setOutcome] = useState<Outcome>();

  const start = (kind: ChangeKind, indexes: readonly number[], reason: string) =>
    run(async () => {
      setOutcome(undefined);
      const isWanted = kind === 'block' ? canBlock : (code?: number) => code === BLOCKED;
      const codeOf = (seatId: number) => states.codes[states.indexOf(seatId) as number];
      // In the order of the hall, so that an outcome that ends early is easy to see.
      const seatIds = indexes
        .toSorted((one, other) => one - other)
        .map((index) => (states.seats[index] as Seat).id);
      const sent = await sendInPieces(seatIds, {
        async send(piece) {
          await callApi((seatlane) =>
            kind === 'block' ? seatlane.blockSeats(piece, reason) : seatlane.releaseSeats(piece),
          );
          if (kind === 'block') reasons.note(piece, reason);
        },
        canSend: (seatId) => isWanted(codeOf(seatId)),
        takenSeat,
        onPiece: (before, all) => setProgress({ number: before + 1, all }),
      });
      setProgress(undefined);
      setOutcome({ ...sent, kind });
      onDone(sent.done.flatMap((seatId) => states.indexOf(seatId) ?? []));
    });

  return {
    isBusy,
    progress,
    outcome,
    /** Held and sold seats stay as they are, and count as skipped. */
    block: (chosen: Selection, reason: string) => start('block', [...chosen], reason),
    /** Seats that are not blocked stay as they are. */
    release: (chosen: Selection) =>
      start(
        'release',
        [...chosen].filter((index) => states.codes[index] === BLOCKED),
        '',
      ),
  };
}

function takenSeat(error: unknown): number | undefined {
  const { code, problem } = problemOf(error) ?? {};
  return code?.startsWith('SEAT_ALREADY_') ? problem?.seatId : undefined;
}
