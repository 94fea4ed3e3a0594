/** A card payment of a user of the large sale: opens a payment page of the sandbox, does there what was drawn, and waits for the end. */
import type { BuyerPlan } from '../../simulate/large/buyer-plan.ts';
import type { UserView } from './buyer.ts';
import type { LoadFigures } from './load/figures.ts';
import type { WireClient } from './load/wire-client.ts';
import type { Session } from './session.ts';

export interface Shop {
  sandbox: WireClient;
  figures: LoadFigures;
  returnUrl: string;
}

const LIVE = new Set(['opening', 'open']);
const WAIT_SECONDS = 20;
const LOOK_MS = 1000;
const LOOKS_MAX = 120;

/** @returns why the order is not paid, or undefined */
export async function payByCard(
  { sandbox, figures, returnUrl }: Shop,
  session: Session,
  given: { orderId: number; buyer: BuyerPlan; view: UserView; think(): Promise<void> },
): Promise<string | undefined> {
  const { orderId, buyer, view, think } = given;
  const path = `/orders/${orderId}/checkout`;
  const started = await session.command('checkout', 'POST', path, { returnUrl });
  if (started.code !== undefined) return started.code;
  const { id } = started.body;
  view.checkout = { id, state: 'opening' };
  const opened = await session.read('payment page', `/checkouts/${id}`, WAIT_SECONDS);
  view.checkout.state = opened.body.state;
  if (!opened.body.redirectUrl) return `no page: ${opened.body.state}`;
  const page = new URL(opened.body.redirectUrl).pathname;
  const post = async (action: string) => {
    const contentType = 'application/x-www-form-urlencoded';
    const body = `action=${action}`;
    figures.note('form', await sandbox.send({ method: 'POST', path: page, body, contentType }));
  };
  await think();
  await post(buyer.onPage);
  if (buyer.onPage === 'challenge') {
    await think();
    await post('confirm');
  }
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const { body } = await session.read('checkout state', `/checkouts/${id}`);
    view.checkout.state = body.state;
    if (body.state === 'paid') return undefined;
    if (!LIVE.has(body.state)) return `card ${body.state}`;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return 'the checkout did not end';
}
