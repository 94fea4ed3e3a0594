/**
 * Reconciles card payments: where the money that was captured is now (docs/operations.md). Changes nothing.
 *
 *   npm run reconcile                                  by our own rows, in one snapshot
 *   npm run reconcile -- --provider                    also asks the providers about each payment, and for those we do not know
 *   npm run reconcile -- --provider --since 2026-11-01    about those that began since then
 *
 * Prints each payment that differs by its id, and exits with 1 if there is one.
 */
import { IsolationLevel } from '@mikro-orm/postgresql';
import type { Kysely } from 'kysely';
import { readCommandLine, refuseUsage } from '../src/config/command-line.ts';
import type { PaymentConfig } from '../src/config/payment-config.ts';
import { type Database, openDatabase } from '../src/db/connection/orm.ts';
import { providersOf } from '../workers/outbox/payments/providers.ts';
import { progress } from './lib/progress.ts';
import { runScript } from './lib/run-script.ts';
import { differingCheckouts, sumsByCurrency } from './reconcile/books.ts';
import { compareWithProviders } from './reconcile/compare.ts';
import { paymentListsOf } from './reconcile/payment-lists.ts';
import { lineOfCheckout, tableOfSums } from './reconcile/print.ts';
import { unknownPayments } from './reconcile/unknown.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: { provider: { type: 'boolean', default: false }, since: { type: 'string' } },
});
const since = values.since === undefined ? new Date(0) : new Date(values.since);
if (Number.isNaN(since.getTime())) {
  refuseUsage(import.meta.filename, '--since needs a date such as 2026-11-01.');
}

await runScript('Nothing was changed.', async ({ databaseUrl, payments }) => {
  const settings = { databaseUrl, connectionsMax: 1, applicationName: 'seatlane-reconcile' };
  const orm = await openDatabase(settings);
  try {
    let differing = await reconcileBooks(orm);
    if (values.provider) differing += await askProviders(orm, payments);
    if (differing === 0) {
      console.log('\nNothing differs.');
      return 0;
    }
    console.error('\nSee docs/operations.md, "If money differs".');
    return 1;
  } finally {
    await orm.close();
  }
});

/** Prints the sums and the checkouts that differ, in one snapshot. @returns how many differ */
async function reconcileBooks(orm: Database): Promise<number> {
  return orm.em.fork().transactional(
    async (em) => {
      const db: Kysely<unknown> = em.getKysely();
      for (const line of tableOfSums(await sumsByCurrency(db))) console.log(line);
      let differing = 0;
      for await (const checkout of differingCheckouts(db)) {
        console.log(lineOfCheckout(checkout));
        differing += 1;
      }
      return differing;
    },
    { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true },
  );
}

/** Prints what differs at the providers. @returns how many differ, or could not be compared */
async function askProviders(orm: Database, payments: PaymentConfig): Promise<number> {
  const task = progress('Asking the payment providers');
  const db: Kysely<unknown> = orm.em.getKysely();
  let [done, differing] = [0, 0];
  const show = (difference: string) => {
    differing += 1;
    console.log(difference);
  };
  const compared = compareWithProviders(db, { providers: providersOf(payments), since });
  for await (const { checkoutId, difference } of compared) {
    done += 1;
    task.update(done);
    if (difference !== undefined) show(`checkout ${checkoutId}: ${difference}`);
  }
  for (const [name, list] of paymentListsOf(payments)) {
    for await (const unknown of unknownPayments(db, name, list(since))) show(unknown);
  }
  task.done(`Compared ${done} payments with their providers.`);
  return differing;
}
