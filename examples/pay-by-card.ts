/**
 * Pays a seat by card: orders it, begins a checkout, and posts the form of the payment page in the place of a buyer. For the
 * payment sandbox that `npm start` runs.
 *
 *   npx node examples/pay-by-card.ts [URL]
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
// In your own project: 'seatlane-client'.
import { type Checkout, Seatlane, signIn } from '../src/client/index.ts';
import { findApi } from './support/find-api.ts';

const baseUrl = findApi(process.argv[2]);
const subject = `bob-${randomUUID().slice(0, 8)}`;
const seatlane = new Seatlane({ baseUrl, token: () => signIn(baseUrl, { subject }) });

await seatlane.enterQueue();
await seatlane.untilAdmitted();
const order = await seatlane.order({
  scheduleId: await firstSchedule(),
  bestAvailable: { quantity: 1 },
});

// In a browser: the address of your own page, which reads `checkoutId` from its query.
const { id, redirectUrl } = await seatlane.checkoutOrder(order, { returnUrl: baseUrl });
if (redirectUrl === null) throw new Error('The payment page could not be opened.');
console.log(`The payment page is open: ${redirectUrl}`);

// In a browser: location.assign(redirectUrl).
const body = new URLSearchParams({ action: 'pay' });
const page = await fetch(redirectUrl, { method: 'POST', body, redirect: 'manual' });
console.log(`The buyer returns to ${page.headers.get('location')}`);

const { state } = await outcomeOf(id);
if (state !== 'paid') throw new Error(`The checkout is ${state}.`);
const [ticket] = await seatlane.tickets(order.id);
console.log(`Order ${order.id} is paid by card; ticket ${ticket?.id} is ${ticket?.state}`);

/** The buyer may return before the event of the provider has arrived. */
async function outcomeOf(checkoutId: number): Promise<Checkout> {
  for (;;) {
    const checkout = await seatlane.checkout(checkoutId);
    if (checkout.state !== 'open') return checkout;
    await sleep(200);
  }
}

async function firstSchedule(): Promise<number> {
  for await (const concert of seatlane.eachConcert()) {
    for await (const { id } of seatlane.eachBookableSchedule(concert.id)) return id;
  }
  throw new Error('Nothing is on sale.');
}
