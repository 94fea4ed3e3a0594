/** Mutants of the rules. */
import type { Mutant } from './mutant.ts';

const holds = { file: 'src/domain/holds.ts', tests: ['test/unit/domain/holds.test.ts'] };
const areas = { file: 'src/domain/areas.ts', tests: ['test/unit/domain/areas.test.ts'] };
const orders = { file: 'src/domain/orders.ts', tests: ['test/unit/domain/orders.test.ts'] };
const cancellations = {
  file: 'src/domain/cancellations.ts',
  tests: ['test/unit/domain/orders.test.ts'],
};
const cardRefunds = {
  file: 'src/domain/card-refunds.ts',
  tests: ['test/unit/domain/card-refunds.test.ts'],
};
const reservedSeats = {
  file: 'src/domain/halls/reserved-seats.ts',
  tests: ['test/unit/domain/halls/reserved-seats.test.ts'],
};
const points = { file: 'src/domain/points.ts', tests: ['test/unit/domain/points.test.ts'] };
const entries = {
  file: 'src/domain/queue-entries.ts',
  tests: ['test/unit/domain/queue-entries.test.ts'],
};

export const domainMutants: readonly Mutant[] = [
  {
    ...holds,
    name: 'a seat can be booked before the window opens',
    find: 'acceptedAt < bookingStartAt',
    replace: 'false',
  },
  {
    ...holds,
    name: 'a sold seat can be held',
    find: `if (seat.state === 'sold') {\n    return refuse('SEAT_ALREADY_SOLD', \`Seat \${seatId} is sold.\`, about);\n  }\n  if (seat.blockedReason`,
    replace: 'if (seat.blockedReason',
  },
  {
    ...holds,
    name: 'a blocked seat can be held',
    find: 'if (seat.blockedReason !== null) {',
    replace: 'if (false) {',
  },
  {
    ...holds,
    name: 'a hold ends a moment late',
    find: 'return heldUntil !== null && heldUntil <= overBy;',
    replace: 'return heldUntil !== null && heldUntil < overBy;',
  },
  {
    ...holds,
    name: 'a user gets one seat more than allowed',
    find: 'limit.live >= limit.max',
    replace: 'limit.live > limit.max',
  },
  {
    ...holds,
    name: 'others get a seat in the grace of its hold',
    find: 'new Date(holdExpiresAt.getTime() + graceMs)',
    replace: 'holdExpiresAt',
  },
  {
    ...reservedSeats,
    name: 'accessible seats stay reserved a moment too long',
    find: 'acceptedAt < accessibleUntil',
    replace: 'acceptedAt <= accessibleUntil',
  },
  {
    ...reservedSeats,
    name: 'a companion comes alone',
    find: 'if (!companion ||',
    replace: 'if (true ||',
  },
  {
    file: 'src/domain/halls/versions.ts',
    tests: ['test/unit/domain/halls/versions.test.ts'],
    name: 'a save overwrites a version that its operator has not seen',
    find: 'version !== baseVersion',
    replace: 'version < baseVersion',
  },
  {
    ...areas,
    name: 'an area gives more places than it has',
    find: 'if (available < quantity) {',
    replace: 'if (false) {',
  },
  {
    ...areas,
    name: 'an order of several places passes the limit',
    find: 'limit.live + quantity > limit.max',
    replace: 'limit.live >= limit.max',
  },
  {
    ...orders,
    name: 'another user can pay an order',
    find: "by !== 'operator' && order.userId !== by.userId",
    replace: 'false',
  },
  {
    ...cancellations,
    name: 'a buyer can cancel after the deadline, as an operator',
    find: "by !== 'operator' && acceptedAt >= until",
    replace: 'false',
  },
  {
    ...orders,
    name: 'an order can be paid twice',
    find: 'return isPaying ? refuse(',
    replace: 'return false ? refuse(',
  },
  {
    ...orders,
    name: 'a payment that was accepted after the end of the hold goes through',
    find: "state === 'held' && acceptedAt < order.holdExpiresAt",
    replace: "state === 'held'",
  },
  {
    ...orders,
    name: 'a booking of a partly refunded order counts as held',
    find: "return order.state === 'held' ? 'held' : 'paid';",
    replace: "return order.state === 'paid' ? 'paid' : 'held';",
  },
  {
    ...orders,
    name: 'one booking of several can be paid by itself',
    find: 'held.length > 1',
    replace: 'false',
  },
  {
    ...cancellations,
    name: 'a refund is possible until the start',
    find: '- input.cancelUntilMs',
    replace: '',
  },
  {
    ...cancellations,
    name: 'a refund gives nothing back',
    find: 'const refund = charge(input.balance, amount);',
    replace: 'const refund = { amount, balance: input.balance };',
  },
  {
    ...cancellations,
    name: 'a cancelled booking stays in the total of its order',
    find: 'heldOrder(total - amount)',
    replace: 'heldOrder(total)',
  },
  {
    ...cancellations,
    name: 'a place is taken out of an order while its payment page is open',
    find: '!isLast && input.openCheckoutId !== undefined',
    replace: 'false',
  },
  {
    ...cardRefunds,
    name: 'a refund to a card is counted twice if its answer comes twice',
    find: "if (state !== 'pending') return undefined;",
    replace: '',
  },
  {
    ...cardRefunds,
    name: 'a late answer to an old attempt counts',
    find: 'if (attempt !== refund.attempt && !isOfAdopted(refund, answer)) return undefined;',
    replace: '',
  },
  {
    ...cardRefunds,
    name: 'a call that was made twice takes its refund back',
    find: "state === 'done' && !isOfCall",
    replace: "state === 'done'",
  },
  {
    ...cardRefunds,
    name: 'a refund that has not failed is tried again',
    find: "if (refund.state === 'failed') return",
    replace: 'if (true) return',
  },
  {
    ...points,
    name: 'a balance can go below zero',
    find: 'if (amount > balance) {',
    replace: 'if (false) {',
  },
  {
    ...points,
    name: 'the last point cannot be used',
    find: 'if (amount > balance) {',
    replace: 'if (amount >= balance) {',
  },
  {
    ...entries,
    name: 'one user more than MAX_WAITING can wait',
    find: 'input.waiting >= input.maxWaiting',
    replace: 'input.waiting > input.maxWaiting',
  },
  {
    ...entries,
    name: 'a queue token of another user admits to booking',
    find: 'if (!entry || entry.userId !== userId || !isActiveAt(entry, acceptedAt)) return notActive;',
    replace: 'if (!entry || !isActiveAt(entry, acceptedAt)) return notActive;',
  },
  {
    ...entries,
    name: 'a queue token is active beyond its end',
    find: 'if (!entry.expiresAt || moment >= entry.expiresAt) return false;',
    replace: 'if (!entry.expiresAt) return false;',
  },
  {
    name: 'operators settle the opening of a draw at the last moment',
    file: 'src/domain/draw-times.ts',
    find: 'if (needsNotice && aheadMs < NOTICE_MINUTES * MINUTE_MS) {',
    replace: 'if (needsNotice && aheadMs < MINUTE_MS) {',
    tests: ['test/unit/domain/draws.test.ts'],
  },
  {
    name: 'users who gathered for a cancelled draw are drawn by another announcement',
    file: 'src/domain/draws.ts',
    find: 'if (!cancelledAt || gathersAt >= cancelledAt) return undefined;',
    replace: 'if (!cancelledAt || gathersAt < cancelledAt) return undefined;',
    tests: ['test/unit/domain/draws.test.ts'],
  },
  {
    name: 'a draw may gather while another one of its queue gathers',
    file: 'src/domain/draw-times.ts',
    find: 'each.gathersAt < opensAt);',
    replace: 'each.gathersAt > opensAt);',
    tests: ['test/unit/domain/draw-times.test.ts'],
  },
];
