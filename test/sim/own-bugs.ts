/** Bugs that no mutation test plants. */
import type { Bug } from './bugs.ts';

export const ownBugs: readonly Bug[] = [
  {
    name: 'a batch writes no receipts',
    file: 'workers/batch/apply-batch.ts',
    find: 'writeRows(send, { rows, receipts: newReceipts, now });',
    replace: 'writeRows(send, { rows, receipts: [], now });',
  },
  {
    name: 'a payment leaves no line in the history',
    file: 'workers/rows/points/point-rows.ts',
    find: 'this.#history.push(line);',
    replace: "if (line.kind !== 'use') this.#history.push(line);",
  },
  {
    name: 'a payment takes no points',
    file: 'workers/rows/points/point-rows.ts',
    find: 'this.#table.change(points, { balance: line.balance });',
    replace: "if (line.kind !== 'use') this.#table.change(points, { balance: line.balance });",
  },
  {
    name: 'a cancelled seat stays held',
    file: 'workers/handlers/orders/places.ts',
    find: "rows.seats.change(lockedSeat(rows, booking), { state: 'available', heldUntil: null });",
    replace: '',
  },
  {
    name: 'a number of the queue is left out',
    file: 'workers/handlers/queue/enter-queue.ts',
    find: 'const number = numbering.lastNumber + 1;',
    replace: 'const number = numbering.lastNumber + 2;',
  },
  {
    name: 'the first user of the line is passed over',
    file: 'workers/timers/queue/look-along-line.ts',
    find: 'number >= rooms.line_from',
    replace: 'number > rooms.line_from',
  },
  {
    name: 'expiry ends holds in their grace period',
    file: 'workers/timers/end-due-orders.ts',
    find: "state = 'held' and held_until <= statement_timestamp()\n",
    replace: "state = 'held'\n",
  },
  {
    name: 'the outcome of a command is that of its neighbour in the batch',
    file: 'workers/batch/apply-batch.ts',
    find: 'const outcome = newOutcomes.get(receiptId);',
    replace: 'const outcome = newOutcomes.size > 0 ? [...newOutcomes.values()][0] : undefined;',
  },
  {
    name: 'a retry of a command whose job is gone adds it under another id',
    file: 'src/lanes/job-id.ts',
    find: "const digest = hash('sha256', JSON.stringify([subject, idempotencyKey]), 'buffer');",
    replace:
      "const digest = hash('sha256', JSON.stringify([subject, idempotencyKey, Math.random()]), 'buffer');",
  },
  {
    name: 'a lost connection is not retried',
    file: 'workers/batch/faults.ts',
    find: "if (kind === 'away') return",
    replace: "if (kind === 'locked') return",
  },
  {
    name: 'orders of a cancelled performance can be paid',
    file: 'src/domain/orders.ts',
    find: 'isPaying ? refuseCancelled(name, order) : undefined',
    replace: 'undefined',
  },
  {
    name: 'seats of a cancelled performance can be ordered',
    // Two rules refuse them: this is where both read it.
    file: 'workers/rows/orders/lock-seats.ts',
    find: "'cancelledAt', cancelled_at,",
    replace: "'cancelledAt', null,",
  },
  {
    name: 'the orders of a cancelled performance are not ended',
    file: 'workers/timers/cancellations/end-cancelled-orders.ts',
    find: 'await enqueuePage(deps, due, page);',
    replace: '',
  },
  {
    name: 'a ticket admits twice',
    file: 'src/domain/tickets.ts',
    find: 'return checkIn ? refuseUsed(checkIn) :',
    replace: 'return false ? refuseUsed(checkIn) :',
  },
  {
    name: 'a ticket admits after its refund',
    file: 'src/domain/tickets.ts',
    find: "if (state !== 'paid') {",
    replace: 'if (false) {',
  },
  {
    name: 'a place is refunded after its holder has entered',
    file: 'src/domain/cancellations.ts',
    find: 'if (used) return refuseUsed(used);',
    replace: '',
  },
  {
    name: 'what was paid by card is refunded in points',
    file: 'workers/handlers/orders/cancel.ts',
    find: 'if (payer && amount > 0)',
    replace: 'if (false)',
  },
  {
    name: 'a payment that comes too late pays an order that has ended',
    file: 'src/domain/settlements.ts',
    find: "order?.state === 'held' && isExact && isAhead",
    replace: 'order && isExact && isAhead',
  },
  {
    name: 'nobody asks about a payment whose event was lost',
    file: 'workers/handlers/money/begin-checkout.ts',
    find: 'lookAt: firstLook(begun.expiresAt, now, reconcileMs),',
    replace: 'lookAt: null,',
  },
  {
    name: 'a refund is owed to the card, and not to the provider',
    file: 'workers/handlers/money/refund-to-card.ts',
    find: 'rows.money.oweRefund({ checkoutId, paymentId, amount, jobId: command.jobId });',
    replace: '',
  },
];
