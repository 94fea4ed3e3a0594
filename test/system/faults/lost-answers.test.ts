/** What the page does if the API accepts an order and its answer is lost, in a real browser. Skipped where there is no Chromium. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SeatlaneOperator } from '../../../src/client/index.ts';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { SMALL_PLAN, SMALL_PRICES } from '../../support/halls/hall-plans.ts';
import { scheduleBody } from '../../support/http/client.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { goToSeats } from '../../support/web/buyer.ts';

let seatlane: TestSeatlane;
let browser: TestBrowser;
beforeAll(async () => {
  seatlane = await startSeatlane();
  if (CHROMIUM) browser = await openBrowser(seatlane.client.base);
});
afterAll(async () => {
  await browser?.close();
  await seatlane.stop();
});

/** A performance of a hall with wheelchair spaces. @returns the id of its concert */
async function performance(): Promise<number> {
  const { client } = seatlane;
  const token = await client.tokenFor('operator', 'admin');
  const operator = new SeatlaneOperator({ baseUrl: client.base, token });
  const { id: hallId } = await operator.createHall({ name: 'Opera House', plan: SMALL_PLAN });
  const { id: concertId } = await client.concert();
  const { seats: _, ...times } = scheduleBody();
  const hall = { hallId, version: 1, prices: SMALL_PRICES };
  await operator.createSchedule(concertId, { ...times, hall } as never);
  return concertId;
}

const orders = () =>
  seatlane.rows<{ state: string; seats: number }>(
    `select app_order.state, count(*)::int as seats from app_order join booking on order_id = app_order.id
     group by app_order.id order by app_order.id`,
  );

describe.skipIf(!CHROMIUM)('with Chromium, a buyer', () => {
  test('asks for a wheelchair space, loses the answers, and is shown the order', async () => {
    const page = await browser.visit(`/#/concerts/${await performance()}`);
    await goToSeats(page, 'ada');
    await page.getByRole('application').focus();
    for (const key of ['ArrowRight', 'ArrowLeft', 'Enter']) await page.keyboard.press(key);
    await page
      .getByText(/Wheelchair space/)
      .last()
      .waitFor();

    await page.route('**/orders', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await page.getByRole('button', { name: 'Hold 1 seat', exact: true }).click();
    // All tries of the client fail, and the page reads what the user holds.
    await page.getByRole('timer').waitFor();
    await page.getByRole('heading', { name: 'Your selection' }).waitFor({ state: 'hidden' });
    expect(await page.getByText(/somebody else/).count()).toBe(0);
    expect(await orders()).toEqual([{ state: 'held', seats: 1 }]);
  });

  test('who presses again after no answer to anything has one order', async () => {
    const page = await browser.visit(`/#/concerts/${await performance()}`);
    await goToSeats(page, 'bea');
    const before = (await orders()).length;
    for (const path of ['**/orders', '**/concerts/bookings*']) {
      await page.route(path, async (route) => {
        await route.fetch();
        await route.abort();
      });
    }
    const hold = page.getByRole('button', { name: 'Hold the best seats' });
    await hold.click();
    await page.getByText('The server cannot be reached.').waitFor();
    expect(await orders()).toHaveLength(before + 1);
    await page.unrouteAll();
    await hold.click();
    await page.getByRole('timer').waitFor();
    expect(await orders()).toHaveLength(before + 1);
  });
});
