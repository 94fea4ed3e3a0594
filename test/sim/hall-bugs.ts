/** Bugs of halls, of their seats, and of seats that operators block, that no mutation test plants. */
import type { Bug } from './bugs.ts';

export const hallBugs: readonly Bug[] = [
  {
    name: 'a hall is saved over the version of somebody else',
    file: 'src/domain/halls/versions.ts',
    find: 'if (version !== baseVersion) {',
    replace: 'if (version < baseVersion) {',
  },
  {
    name: 'a companion beside an accessible seat becomes another one',
    file: 'workers/handlers/operators/halls/schedule-of-hall.ts',
    find: 'seat.kind === last.kind && ',
    replace: '',
  },
  {
    name: 'a blocked seat can be ordered',
    file: 'src/domain/holds.ts',
    find: 'if (seat.blockedReason !== null) {',
    replace: 'if (seat.blockedReason === undefined) {',
  },
  {
    name: 'a held seat can be blocked',
    file: 'src/domain/holds.ts',
    find: "return refuse('SEAT_ALREADY_HELD', `Seat ${seatId} is held by a booking.`, about);",
    replace: 'return { change: { endsExpiredHold: true } };',
  },
  {
    name: 'the order whose hold is over stays when its seat is blocked',
    file: 'workers/handlers/operators/block-seats.ts',
    find: 'if (decision.change.endsExpiredHold) expired.push(seatId);',
    replace: '',
  },
  {
    name: 'a released seat stays blocked',
    file: 'workers/handlers/operators/block-seats.ts',
    find: 'if (blockedReason === null) rows.seats.change(seat, { blockedReason });',
    replace: 'if (blockedReason === null) rows.seats.change(seat, {});',
  },
  {
    name: 'the best seats may be those that are kept for others',
    file: 'workers/rows/best-seats/free-seats.ts',
    find: 'and seat.kind = 0 and seat.blocked_reason is null',
    replace: 'and seat.blocked_reason is null',
  },
  {
    name: 'whoever does not ask gets an accessible seat',
    file: 'src/domain/halls/reserved-seats.ts',
    find: 'if (first && !isAsked) {',
    replace: 'if (first && isAsked === undefined) {',
  },
];
