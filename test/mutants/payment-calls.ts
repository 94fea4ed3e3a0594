/** Mutants of calls to payment providers. */
import type { Mutant } from './mutant.ts';

const MAKERS = 'workers/outbox/payments/call-provider.ts';
const LOOKS = 'workers/timers/look-at-checkouts.ts';
const makers = ['test/integration/workers/outbox/payments/call-provider.test.ts'];
const calls = ['test/integration/workers/outbox/payments/find-payment-calls.test.ts'];
const sandbox = ['test/integration/workers/outbox/payments/sandbox.test.ts'];
const looks = ['test/integration/workers/timers/look-at-checkouts.test.ts'];

export const paymentCallMutants: readonly Mutant[] = [
  {
    name: 'a look does not close the page before it asks',
    file: MAKERS,
    find: 'isOver(call) ? asked.expire(ref, signal) : Promise.resolve()',
    replace: 'Promise.resolve()',
    tests: makers,
  },
  {
    name: 'a page is opened for an order that has ended',
    file: MAKERS,
    find: "if (isOver(call)) return answer({ kind: 'over' });",
    replace: '',
    tests: makers,
  },
  {
    name: 'a look ends although it was asked for again',
    file: 'workers/outbox/payments/find-payment-calls.ts',
    find: '.where(checkedAfterwards(sql`checkout.looks = ${looksWhenMade}`))',
    replace: '',
    tests: calls,
  },
  {
    name: 'a look that ends while the timer asks again is forgotten',
    file: 'workers/outbox/payments/find-payment-calls.ts',
    find: '.where(checkedAfterwards(sql`call.next_at > statement_timestamp()`))',
    replace: '',
    tests: calls,
  },
  {
    name: 'a refund that is owed again is forgotten',
    file: 'workers/outbox/payments/find-payment-calls.ts',
    find: "card_refund.state is distinct from 'pending'",
    replace: 'true',
    tests: calls,
  },
  {
    name: 'a refund that has ended is paid again',
    file: MAKERS,
    find: "if (call.refund?.state !== 'pending') return undefined;",
    replace: '',
    tests: makers,
  },
  {
    name: 'all attempts of a refund have one key',
    file: MAKERS,
    find: 'refundKey({ checkoutId, jobId, attempt })',
    replace: 'refundKey({ checkoutId, jobId, attempt: 1 })',
    tests: makers,
  },
  {
    name: 'a payment of another key is credited',
    file: MAKERS,
    find: 'found.key !== keyOf(call) || ',
    replace: '',
    tests: makers,
  },
  {
    name: 'a payment that should be over is not asked about again',
    file: MAKERS,
    find: 'if (!isOver(call)) return undefined;',
    replace: 'if (call) return undefined;',
    tests: makers,
  },
  {
    name: 'a provider that is switched off uses up the tries of its calls',
    file: MAKERS,
    find: 'throw new CallPostponed(',
    replace: 'throw new Error(',
    tests: makers,
  },
  {
    name: 'a checkout that cannot be read uses up the tries of its call',
    file: MAKERS,
    find: 'await postponeOnFailure(find(id))',
    replace: 'await find(id)',
    tests: makers,
  },
  {
    name: 'an outage of the sandbox is a refusal',
    file: 'workers/outbox/payments/sandbox.ts',
    find: 'if (isRefusal(status, code))',
    replace: 'if (true)',
    tests: sandbox,
  },
  {
    name: 'checkouts that are over wait behind the others',
    file: LOOKS,
    find: 'order by expires_at <= statement_timestamp() desc, look_at, id',
    replace: 'order by look_at, id',
    tests: looks,
  },
  {
    name: 'a look that is owed already stays as late as it is',
    file: LOOKS,
    find: 'do update set next_at = least(outbox_call.next_at, excluded.next_at)',
    replace: 'do nothing',
    tests: looks,
  },
  {
    name: 'a checkout is not looked at exactly at its end',
    file: LOOKS,
    find: 'then least(expires_at, statement_timestamp()',
    replace: 'then greatest(statement_timestamp(), statement_timestamp()',
    tests: looks,
  },
];
