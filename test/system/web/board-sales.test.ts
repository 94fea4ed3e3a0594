/** Operators look at sales, orders, users and the outbox in a real browser. Skipped where there is no Chromium. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Order, Schedule, Seat } from '../../../src/commands/schemas/resources.ts';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { SMALL_PLAN, SMALL_PRICES } from '../../support/halls/hall-plans.ts';
import type { AdmittedUser } from '../../support/http/client.ts';
import { readStrictCsv } from '../../support/http/strict-csv.ts';
import { addFailedRefund } from '../../support/money/failed-refund.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';
import { expectNoSideways } from '../../support/web/view.ts';

const LOGIN = { httpCredentials: { username: 'admin', password: 'test-password' } };
const PHONE = { ...LOGIN, viewport: { width: 390, height: 844 } };
const WIDE = { ...LOGIN, viewport: { width: 1280, height: 900 } };

let seatlane: TestSeatlane;
let browser: TestBrowser;
let ada: AdmittedUser;

const send = (method: string, path: string, by: { token: string }, body?: object) =>
  seatlane.client.command(method, path, { ...by, body });

interface Hall extends Schedule {
  seats: Seat[];
}
const aHall = (places: object = {}): Promise<Hall> =>
  seatlane.client.schedule({
    seats: [
      { section: 'Stalls', row: 'A', from: 1, to: 6, price: 300 },
      { section: 'Balcony', row: 'B', from: 1, to: 4, price: 200 },
    ],
    ...places,
  });

/** A payment ends the place in the queue, so the user enters again for each order. */
async function order({ id, seats }: Hall, subject: string, ...places: number[]): Promise<Order> {
  const by = await seatlane.client.admitted(subject);
  const seatIds = places.map((place) => seats[place]?.id);
  return (await send('POST', '/orders', by, { scheduleId: id, seatIds })).body.result;
}
async function paidOrder(hall: Hall, subject: string, ...places: number[]): Promise<Order> {
  const placed = await order(hall, subject, ...places);
  const by = await seatlane.client.admitted(subject);
  const { status } = await send('POST', `/orders/${placed.id}/pay`, by);
  expect(status).toBe(200);
  return placed;
}

const figure = (page: Page, label: string) =>
  page.locator('.sales-figures .figure', { has: page.getByText(label, { exact: true }) });

describe.skipIf(!CHROMIUM)('with Chromium, an operator', () => {
  beforeAll(async () => {
    seatlane = await startSeatlane();
    browser = await openBrowser(seatlane.client.base);
    ada = await seatlane.client.admitted('ada');
    await send('POST', '/points/charge', ada, { amount: 100_000 });
  });
  afterAll(async () => {
    await browser?.close();
    await seatlane?.stop();
  });
  afterEach(() => browser.expectNoComplaints());

  test('finds a performance, and sees what was sold in all, over time, by section and by price', async () => {
    const hall = await aHall();
    const token = await seatlane.client.tokenFor('operator', 'admin');
    await send('PUT', `/concerts/${hall.concertId}`, { token }, { timeZone: 'Asia/Seoul' });
    await paidOrder(hall, 'ada', 0, 1);
    const other = await paidOrder(hall, 'ada', 6);
    await order(hall, 'ada', 7);
    await send('DELETE', `/orders/${other.id}`, ada);
    const page = await browser.visit('/admin#/sales', PHONE);
    await page.getByRole('link', { name: 'The Winter Gala' }).last().waitFor();
    await page.goto(`/admin#/sales/concert/${hall.concertId}`);
    await page.locator('.back').waitFor();
    await page.locator('.link-list a').first().click();
    await figure(page, 'Sold').getByText('2 of 10').waitFor();
    await figure(page, 'Held').getByText('1', { exact: true }).waitFor();
    await figure(page, 'Revenue').getByText('800 points').waitFor();
    await figure(page, 'Refunded').getByText('600 left').waitFor();
    const stalls = page.getByRole('row', { name: /^Stalls 2 600 0 0 4 0$/ });
    await stalls.waitFor();
    await page.getByRole('button', { name: 'By price' }).click();
    await page.getByRole('row', { name: /^200 0 200 200 1 3 0$/ }).waitFor();
    await page.getByText('Show as a table').click();
    await page.getByRole('row', { name: / 3 800 1 200$/ }).waitFor();
    await page.getByRole('button', { name: 'By hour' }).click();
    await page.getByRole('button', { name: 'By hour', pressed: true }).waitFor();
    await page.getByText('Days and hours are those of the venue (Asia/Seoul).').waitFor();
    await page.getByText('Show as a table').click();
    await page.getByRole('row', { name: /:00(?: [ap]m)? KST 3 800 1 200$/ }).waitFor();
    await page.locator('.sales-bar').first().waitFor({ state: 'attached' });
    await expectNoSideways(page);
    await paidOrder(hall, 'ada', 2);
    await figure(page, 'Sold').getByText('3 of 10').waitFor();
    await page.getByRole('row', { name: /^300 3 900 0 0 3 0$/ }).waitFor();
  });

  test('sees the time of a performance by the clock of its venue, with the name of its zone', async () => {
    const hall = await aHall();
    const token = await seatlane.client.tokenFor('operator', 'admin');
    await send('PUT', `/concerts/${hall.concertId}`, { token }, { timeZone: 'Asia/Seoul' });
    const { id } = await order(hall, 'ada', 0);
    const at = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Asia/Seoul',
      hour: 'numeric',
      minute: '2-digit',
    }).format(new Date(hall.startAt));
    const here = new RegExp(`${at.replace(/^0/, '')}(:\\d\\d)? KST`);
    const page = await browser.visit(`/admin#/sales/concert/${hall.concertId}`, {
      ...WIDE,
      timezoneId: 'UTC',
    });
    await page.getByRole('link', { name: here }).click();
    await page.locator('.queue-title').getByText(here).waitFor();
    await page.getByRole('button', { name: 'Cancel the performance' }).click();
    await page.getByRole('dialog').getByText(here).waitFor();
    await page.keyboard.press('Escape');
    await page.goto(`/admin#/orders/${id}`);
    await page.getByRole('link', { name: here }).waitFor();
    await page.goto('/admin#/people/ada');
    await page.locator('.order-lines').getByText(here).first().waitFor();
    await page.goto('/admin#/gates');
    await page.getByLabel('Concert').selectOption(String(hall.concertId));
    await page.getByRole('option', { name: here }).waitFor({ state: 'attached' });
    const onSale = { has: page.getByText(here) };
    await page.goto('/admin#/sales');
    await page.locator(`li:has([href$="/sales/${hall.id}"])`, onSale).waitFor();
    await page.goto('/admin#/rush');
    await page.locator('.board-seats li', onSale).first().waitFor();
  });

  test('sees the price categories of a hall by their names, and the same money as in the table of orders', async () => {
    const token = await seatlane.client.tokenFor('operator', 'admin');
    const saved = { name: 'Opera House', plan: SMALL_PLAN };
    const { body } = await send('POST', '/halls', { token }, saved);
    const reference = { hallId: body.result.id, version: 1, prices: SMALL_PRICES };
    const hall = await aHall({ seats: undefined, hall: reference });
    await paidOrder(hall, 'ada', 2, 10);
    const page = await browser.visit(`/admin#/sales/${hall.id}`, WIDE);
    await page.getByRole('button', { name: 'By price category' }).click();
    await page.getByRole('columnheader', { name: 'Price category' }).waitFor();
    await page.getByRole('row', { name: /^Best \(90\) 1 90 0 0 9 0$/ }).waitFor();
    await page.getByRole('row', { name: /^Cheap \(40\) 1 40 0 0 51 0$/ }).waitFor();
    await expectNoSideways(page);
    const path = `/concerts/schedules/${hall.id}/orders.csv`;
    const csv = await seatlane.client.request('GET', path, { token });
    expect(readStrictCsv(csv.body).map((record) => record[9])).toEqual(['total', '130']);
  });

  test('downloads the orders of a performance as a table', async () => {
    const hall = await aHall();
    const { id } = await paidOrder(hall, 'ada', 0);
    const page = await browser.visit(`/admin#/sales/${hall.id}`, WIDE);
    const loading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download orders (CSV)' }).click();
    const file = await loading;
    expect(file.suggestedFilename()).toBe(`orders-${hall.id}.csv`);
    const text = await readFile(await file.path(), 'utf8');
    const records = readStrictCsv(text.slice(1));
    expect([text[0], records[1]?.[0], records[1]?.[2]]).toEqual(['\uFEFF', String(id), 'ada']);
  });

  test('cancels a performance after being asked again, and sees the refunds come to their end', async () => {
    const hall = await aHall();
    await paidOrder(hall, 'ada', 0);
    await paidOrder(hall, 'ada', 1);
    const page = await browser.visit(`/admin#/sales/${hall.id}`, PHONE);
    const open = page.getByRole('button', { name: 'Cancel the performance…' });
    await open.click();
    const dialog = page.getByRole('dialog', { name: 'Cancel this performance?' });
    await dialog.getByText('all 2 paid orders are refunded').waitFor();
    await dialog.getByRole('button', { name: 'Leave it as it is' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const path = `/concerts/schedules/${hall.id}/cancellation`;
    const token = await seatlane.client.tokenFor('operator', 'admin');
    expect((await seatlane.client.request('GET', path, { token })).status).toBe(404);
    await open.click();
    await dialog.getByRole('button', { name: 'Cancel and refund everybody' }).click();
    // Without a reason nothing is sent.
    await dialog.getByLabel('Reason').fill('The singer is ill');
    await dialog.getByRole('button', { name: 'Cancel and refund everybody' }).click();
    await page.getByText(/^Cancelled on .*: The singer is ill$/).waitFor();
    await page.getByText('2 of 2 orders refunded').waitFor();
    // Two more passes over its orders would take minutes.
    await seatlane.rows(`update cancellation set next_at = null where schedule_id = ${hall.id}`);
    await page.getByText('Everybody has their money back.').waitFor();
    await expectNoSideways(page);
    expect(await open.count()).toBe(0);
  });

  test('finds an order of a user, refunds it with a reason, and reads its story', async () => {
    const hall = await aHall();
    const { id } = await paidOrder(hall, 'ada', 3);
    const page = await browser.visit('/admin#/orders', PHONE);
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    await page.getByText('Give a user, an order number or a performance.').waitFor();
    await page.getByLabel('User', { exact: true }).fill('ada');
    await page.getByLabel('State').selectOption('paid');
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    await page.getByRole('link', { name: `Order ${id}`, exact: true }).click();
    await page.getByRole('button', { name: 'Refund the order…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Refund this order?' });
    await dialog.getByLabel('Reason').fill('The buyer is ill');
    await dialog.getByRole('button', { name: 'Refund the order' }).click();
    await page.getByText('The order is refunded.').waitFor();
    const story = page.locator('.story-line');
    await story
      .filter({ hasText: 'The buyer is ill' })
      .getByText(/by admin/)
      .waitFor();
    expect(await story.first().textContent()).toContain('The order was placed.');
    expect(await page.getByRole('button', { name: 'Refund the order…' }).count()).toBe(0);
    await expectNoSideways(page);
    await page.goBack();
    await page.getByText('Orders found').waitFor();
    expect(await page.getByLabel('User', { exact: true }).inputValue()).toBe('ada');
  });

  test('finds who holds a seat, and gives the seat back', async () => {
    const hall = await aHall();
    const { id } = await order(hall, 'ada', 9);
    const page = await browser.visit('/admin#/orders', WIDE);
    await page.getByLabel('Performance number').fill(String(hall.id));
    await page.getByText('Seat of the performance').click();
    await page.getByLabel('Section').fill('Balcony');
    await page.getByLabel('Seat number').fill('4');
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    await page.getByRole('link', { name: `Order ${id}`, exact: true }).click();
    await page.getByRole('button', { name: 'Cancel the order…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel this order?' });
    await dialog.getByLabel('Reason').fill('Asked by telephone');
    await dialog.getByRole('button', { name: 'Cancel the order' }).click();
    await page.getByText('The order is cancelled.').waitFor();
    const mine = await seatlane.client.request('GET', `/orders/${id}`, ada);
    expect(mine.body.state).toBe('cancelled');
  });

  test('looks at a user with a strange name, and reads more orders page by page', async () => {
    const { client } = seatlane;
    const subject = 'auth0|a/b #1 6123b0f3e1d0a4a7f8e9c0d16123b0f3e1d0a4a7f8e9c0d1';
    const user = await client.admitted(subject);
    const count = 21;
    const hall = await client.schedule({ seats: [{ from: 1, to: count, price: 1 }] });
    for (const place of Array(count).keys()) {
      const held = await order(hall as Hall, subject, place);
      await send('DELETE', `/orders/${held.id}`, user);
    }
    const page = await browser.visit('/admin#/people', PHONE);
    await page.getByLabel('User', { exact: true }).fill(subject);
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByRole('heading', { name: subject }).waitFor();
    await expectNoSideways(page);
    await page.getByRole('link', { name: 'All orders of this user' }).click();
    const lines = page.locator('.order-lines > li');
    await page.getByRole('button', { name: 'Show more' }).click();
    await waitFor('the last order', async () => (await lines.count()) === count);
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
    await page.goto('/admin#/people/nobody');
    await page.getByText('This user has never ordered or charged anything.').waitFor();
  });

  test('has a dead call to a provider made now', async () => {
    const { rows } = seatlane;
    const { id: orderId } = await order(await aHall(), 'ada', 0);
    const refund = await addFailedRefund(rows, { orderId, amount: 5 });
    await rows(`update card_refund set state = 'pending', failure = null where id = ${refund.id}`);
    await rows(`insert into outbox_call (kind, checkout_id, refund_id, next_at, offers, created_at)
      values ('refund', ${refund.checkoutId}, ${refund.id}, now() + interval '20 min', 10, now() - interval '5 h')`);
    const page = await browser.visit('/admin#/outbox', PHONE);
    const call = page.locator('.outbox-calls li', { hasText: `Order ${orderId}` });
    await call.getByText('Refund to a card').waitFor();
    await expectNoSideways(page);
    await call.getByRole('button', { name: 'Try now' }).click();
    await page.getByText('The call is made now.').waitFor();
    const [line] = await rows<{ orderId: number }>(
      `select order_id::int as "orderId" from operator_log where command = 'retry-call'`,
    );
    expect(line?.orderId).toBe(orderId);
  });

  test('reads all of it in Korean', async () => {
    const hall = await aHall();
    const { id } = await paidOrder(hall, 'ada', 0);
    const page = await browser.visit(`/admin#/sales/${hall.id}`, { ...PHONE, locale: 'ko-KR' });
    await page.getByText('매출', { exact: true }).first().waitFor();
    await page.getByText('날짜와 시각은 공연장의 시간대(UTC) 기준입니다.').waitFor();
    for (const [address, title] of [
      [`#/orders/${id}`, '처리 내역'],
      ['#/people/ada', '최근 포인트 변동'],
      ['#/outbox', '결제 대행사 호출'],
    ]) {
      await page.goto(`/admin${address}`);
      await page.getByRole('heading', { name: title as string }).waitFor();
      await expectNoSideways(page);
    }
  });
});
