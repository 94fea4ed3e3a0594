/** Mutants of card payments. */
import type { Mutant } from './mutant.ts';

const rules = ['test/unit/domain/settlements.test.ts'];
const beginning = ['test/integration/workers/handlers/money/start-checkout.test.ts'];
const settling = ['test/integration/workers/handlers/money/settle-checkout.test.ts'];
const opening = ['test/integration/workers/handlers/money/checkout-opened.test.ts'];
const races = ['test/integration/workers/money/races.test.ts'];

export const moneyMutants: readonly Mutant[] = [
  {
    name: 'a payment is credited each time that the provider tells of it',
    file: 'src/domain/settlements.ts',
    find: "if (checkout.captured > 0) return { kind: 'unchanged' };",
    replace: '',
    tests: [...rules, ...settling],
  },
  {
    name: 'a payment of another amount pays the order',
    file: 'src/domain/settlements.ts',
    find: 'captured === checkout.amount && captured === order?.total',
    replace: 'true',
    tests: rules,
  },
  {
    name: 'a failure ends a checkout that is paid',
    file: 'src/domain/settlements.ts',
    find: 'return isLive(checkout) ?',
    replace: 'return true ?',
    tests: rules,
  },
  {
    name: 'each checkout of an order prolongs its hold',
    file: 'src/domain/checkouts.ts',
    find: 'isFirst ? later(present, pageEnd) : present',
    replace: 'later(present, pageEnd)',
    tests: ['test/unit/domain/checkouts.test.ts'],
  },
  {
    name: 'a payment page is open after the performance has begun',
    file: 'src/domain/checkouts.ts',
    find: 'earlier(new Date(now.getTime() + checkoutMs), startAt)',
    replace: 'new Date(now.getTime() + checkoutMs)',
    tests: ['test/unit/domain/checkouts.test.ts'],
  },
  {
    name: 'a prolonged hold has no grace period',
    file: 'workers/handlers/money/start-checkout.ts',
    find: ' + settings.holdGraceMs',
    replace: '',
    tests: beginning,
  },
  {
    name: 'a payment on another page pays the order',
    file: 'workers/handlers/money/settle-checkout.ts',
    find: 'if (isOther)',
    replace: 'if (false)',
    tests: settling,
  },
  {
    name: 'a second page stays open after the first one has paid the order',
    file: 'workers/handlers/money/settle-checkout.ts',
    find: 'rows.money.closePageOf(order.id);',
    replace: '',
    tests: settling,
  },
  {
    name: 'late money stays in the points, and goes back to the card as well',
    file: 'workers/handlers/money/refund-to-card.ts',
    find: "movePoints(applying, userId, 'use', moved);",
    replace: "if (paymentId !== null) movePoints(applying, userId, 'use', moved);",
    tests: settling,
  },
  {
    name: 'a checkout is settled by the money of another one with its id',
    file: 'workers/rows/money/money-rows.ts',
    find: 'checkoutKey(checkout) !== key',
    replace: 'key === undefined',
    tests: [...settling, ...opening],
  },
  {
    name: 'an answer deletes the call of another checkout with its id',
    file: 'workers/rows/money/write-money-rows.ts',
    find: 'sql`checkout_id = ${checkoutId}`',
    replace: 'sql`true`',
    tests: opening,
  },
  {
    name: 'a hold that was prolonged still makes room for others in its batch',
    file: 'workers/rows/orders/order-tables.ts',
    find: 'areaHeldUntil !== null && areaHeldUntil <= overBy',
    replace: 'areaHeldUntil !== null && overBy !== undefined',
    tests: ['test/unit/workers/rows/money/extended-hold.test.ts'],
  },
  {
    name: 'the batch that prolongs a hold leaves its queue entry as it is',
    file: 'workers/rows/money/extend-holds.ts',
    find: 'set expires_at = greatest(expires_at, ends)',
    replace: 'set expires_at = expires_at',
    tests: beginning,
  },
  {
    name: 'a second call for the same purpose is an error',
    file: 'workers/rows/money/write-money-rows.ts',
    find: 'do update set next_at = least(outbox_call.next_at, excluded.next_at)',
    replace: 'do nothing',
    tests: opening,
  },
  {
    name: 'checkouts are not locked',
    file: 'workers/rows/money/load-checkouts.ts',
    find: '    .forUpdate(),',
    replace: '    ,',
    tests: races,
  },
];
