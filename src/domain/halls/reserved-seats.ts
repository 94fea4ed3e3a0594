/**
 * The rule for accessible seats and those of companions. Until a time that operators set they are kept for orders that ask for them;
 * from then on they are like all others. The time is compared with that at which the command was accepted, as the booking
 * window is.
 */
import { type Refusal, refuse } from '../reasons.ts';

/** `seat.kind` of these seats; all others have 0. */
export const ACCESSIBLE = 1;
export const COMPANION = 2;

export interface KindOfSeat {
  id: number;
  kind: number;
  /** null: until the end of the sale. */
  accessibleUntil: Date | null;
}

/**
 * Checks the seats of one order.
 * @param isAsked whether the order asks for accessible seats
 * @returns the refusal of the first seat that it cannot have, or undefined
 */
export function refuseReserved(
  seats: readonly KindOfSeat[],
  { isAsked, acceptedAt }: { isAsked: boolean; acceptedAt: Date },
): Refusal | undefined {
  const reserved = seats.filter(
    ({ kind, accessibleUntil }) =>
      kind !== 0 && (accessibleUntil === null || acceptedAt < accessibleUntil),
  );
  const [first] = reserved;
  if (first && !isAsked) {
    const until = first.accessibleUntil?.toISOString() ?? 'the end of the sale';
    const detail = `Seat ${first.id} is kept until ${until} for people who need it.`;
    return refuse('SEAT_RESERVED', detail, { seatId: first.id }).refusal;
  }
  const companion = reserved.find(({ kind }) => kind === COMPANION);
  if (!companion || seats.some(({ kind }) => kind === ACCESSIBLE)) return undefined;
  const detail = `Seat ${companion.id} is for a companion: order it with an accessible seat.`;
  return refuse('COMPANION_ALONE', detail, { seatId: companion.id }).refusal;
}
