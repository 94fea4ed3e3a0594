/** From the hold to the refund on the page of a phone, in a real browser. Skipped where there is no Chromium. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { type SandboxedSeatlane, startWithSandbox } from '../../support/sandbox/with-sandbox.ts';
import { waitFor } from '../../support/wait-for.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const SEOUL = { venue: 'Olympic Hall, Seoul', zone: 'Asia/Seoul' };
/** 19:00 in Seoul, 05:00 in New York. */
const START = new Date(
  Date.UTC(new Date(Date.now() + 9 * 86_400_000).getUTCFullYear() + 1, 4, 9, 10),
);
const WHEN = `9 May ${START.getUTCFullYear()}`;

describe.skipIf(!CHROMIUM)('with Chromium, a buyer', () => {
  let sandboxed: SandboxedSeatlane;
  let browser: TestBrowser;
  beforeAll(async () => {
    sandboxed = await startWithSandbox({ MAX_SEATS_PER_USER: '4' });
    browser = await openBrowser(sandboxed.seatlane.client.base);
  });
  afterAll(async () => {
    await browser?.close();
    await sandboxed.stop();
  });
  afterEach(() => browser.expectNoComplaints());

  /** A performance in Seoul. */
  async function schedule() {
    const endAt = new Date(START.getTime() + 7_200_000).toISOString();
    const made = await sandboxed.seatlane.client.schedule({ startAt: START.toISOString(), endAt });
    await sandboxed.seatlane.rows(
      `update concert set venue = '${SEOUL.venue}', time_zone = '${SEOUL.zone}' where id = ${made.concertId}`,
    );
    return made;
  }

  /** Holds some seats as a new user. */
  async function hold(
    name: string,
    count: number,
    options: BrowserContextOptions = PHONE,
  ): Promise<Page> {
    const { concertId, id } = await schedule();
    const page = await browser.visit(`/#/concerts/${concertId}/dates/${id}`, options);
    await page.getByLabel(/Your name|이름/).fill(name);
    await page.getByRole('button', { name: /^(Sign in|로그인)$/ }).click();
    await page.getByRole('button', { name: /Join the queue|대기열 참여/ }).click();
    await page.getByLabel(/Number of seats|인원/).selectOption(String(count));
    await page.getByRole('button', { name: /Hold the best seats|추천 좌석 선점/ }).click();
    await page.getByRole('timer').waitFor();
    return page;
  }

  const press = (page: Page, name: string | RegExp) =>
    page.getByRole('button', { name, exact: true }).click();
  const payByCard = async (page: Page, amount: string) => {
    await press(page, `Pay ${amount} by card`);
    await press(page, 'Pay');
    await page.getByText('Paid. Enjoy the concert!').waitFor();
  };
  const expectToFit = async (page: Page) =>
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  const ordersOf = (name: string) =>
    sandboxed.seatlane.rows<{ state: string; total: number }>(
      `select state, total::int from app_order join app_user on app_user.id = user_id
       where subject = '${name}' order by app_order.id`,
    );

  test('gives one of three places back, pays the others by card, and gets one of them refunded', async () => {
    const page = await hold('ada', 3, { ...PHONE, timezoneId: 'America/New_York' });
    await page.getByText(/You can get a refund until 8 May \d{4}, 19:00 KST\./).waitFor();
    expect(await page.getByRole('timer').count()).toBe(1);
    expect(await page.locator('.turn').count()).toBe(0);
    await page.getByRole('button', { name: 'Give back Stalls, Row A, Seat 4' }).click();
    const asked = page.getByRole('group', { name: /^Give this place back\?/ });
    await asked.getByRole('button', { name: 'Give back' }).click();
    await page.getByText('200 points', { exact: true }).waitFor();
    expect(await ordersOf('ada')).toEqual([{ state: 'held', total: 200 }]);
    await expectToFit(page);

    await payByCard(page, '₩200');
    await page.getByRole('link', { name: 'Show the order' }).click();
    await page.getByRole('heading', { level: 1, name: 'The Winter Gala' }).waitFor();
    // The performance's time and its zone's name, not the device's.
    await page.getByText(`${WHEN}, 19:00 KST`).waitFor();
    await page.getByText(SEOUL.venue).waitFor();
    await page.getByText('Paid by card').waitFor();
    await expectToFit(page);

    await page.getByRole('button', { name: 'Refund Stalls, Row A, Seat 5' }).click();
    const refund = page.getByRole('group', { name: 'Give back Stalls, Row A, Seat 5?' });
    await refund.getByText(/^₩100 goes back to the card you paid with\./).waitFor();
    await refund.getByRole('button', { name: 'Keep' }).click();
    expect(await ordersOf('ada')).toEqual([{ state: 'paid', total: 200 }]);
    await page.getByRole('button', { name: 'Refund Stalls, Row A, Seat 5' }).click();
    await refund.getByRole('button', { name: 'Refund ₩100' }).click();
    await page.getByText('Refunded. ₩100 is on its way to your card.').waitFor();
    await page.getByText('Back to your card').waitFor();
    await page.getByText('Partly refunded').waitFor();
    expect(await ordersOf('ada')).toEqual([{ state: 'partly-refunded', total: 200 }]);
    await expectToFit(page);

    await page.getByRole('link', { name: 'Show tickets' }).click();
    await page
      .getByRole('img', { name: /^QR code of the ticket for Stalls, Row A, Seat 6/ })
      .waitFor();
    expect(await page.getByRole('img', { name: /^QR code/ }).count()).toBe(1);
    await page.getByText(`${WHEN}, 19:00 KST`).first().waitFor();
    const download = page.waitForEvent('download');
    await press(page, 'Add to calendar');
    const file = await (await download).createReadStream();
    const chunks: Buffer[] = [];
    for await (const chunk of file) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toContain('LOCATION:Olympic Hall\\, Seoul\r\n');
  });

  test('is told after a declined card how long the places are still held, and pays again', async () => {
    const page = await hold('bea', 2);
    await press(page, 'Pay ₩200 by card');
    await press(page, 'Decline the card');
    await page.getByText('The payment failed. Nothing was charged.').waitFor();
    await page.locator('#main').getByRole('timer').waitFor();
    await page.getByRole('link', { name: 'Pay again' }).click();
    await payByCard(page, '₩200');
    expect(await ordersOf('bea')).toEqual([{ state: 'paid', total: 200 }]);
  });

  test('pays with points, and gets all of them back at once', async () => {
    const page = await hold('cleo', 2);
    await page.getByText('Add points').first().click();
    await press(page, 'Add points');
    await press(page, 'Pay 200 points');
    await page.getByText('Paid. Enjoy the concert!').waitFor();
    await page.getByText('Paid with points').waitFor();
    await press(page, 'Refund all places');
    const refund = page.getByRole('group', { name: 'Give back all 2 places?' });
    await refund.getByText('You get 200 points back in your balance at once.').waitFor();
    await refund.getByRole('button', { name: 'Refund 200 points' }).click();
    await page.getByText('This order was refunded.').waitFor();
    await page.getByRole('link', { name: 'My orders' }).first().click();
    await page.locator('.points-have', { hasText: '200 points' }).waitFor();
    await page.getByText('Refunded', { exact: true }).waitFor();
  });

  test('reads older orders below, and goes on at the first of them', async () => {
    const { seatlane } = sandboxed;
    const { id: scheduleId, seats } = await schedule();
    const user = await seatlane.client.admitted('dora');
    const body = { scheduleId, seatIds: [seats[0]?.id] };
    for (let count = 0; count < 23; count += 1) {
      const answer = await seatlane.client.command('POST', '/orders', { ...user, body });
      await seatlane.client.command('DELETE', `/orders/${answer.body.result.id}`, user);
    }
    const page = await browser.visit('/#/orders', PHONE);
    await page.getByLabel('Your name').fill('dora');
    await press(page, 'Sign in');
    const cards = page.locator('main li');
    await page.getByRole('button', { name: 'Show more orders' }).waitFor();
    expect(await cards.count()).toBe(20);
    await press(page, 'Show more orders');
    await waitFor('all orders to be shown', async () => (await cards.count()) === 23);
    const focused = () => page.evaluate('document.activeElement.getAttribute("href")');
    expect(await focused()).toBe(await cards.nth(20).getByRole('link').getAttribute('href'));
    expect(await page.getByRole('button', { name: 'Show more orders' }).count()).toBe(0);
  });

  test('is told what to do after a refusal', async () => {
    const page = await hold('eva', 4);
    await page.getByText('More seats').click();
    await page.getByLabel('Number of seats').selectOption('1');
    await press(page, 'Hold the best seats');
    const alert = page.getByRole('alert');
    await alert.getByText('You already have the maximum number of seats').waitFor();
    await alert.getByRole('link', { name: 'See my orders' }).click();
    await page.getByRole('heading', { level: 1, name: 'My orders' }).waitFor();
    expect(await alert.getByText('You already have').count()).toBe(0);
  });

  test('reads the order in Korean', async () => {
    const page = await hold('지우', 2, { ...PHONE, locale: 'ko-KR' });
    await page.getByText(/오후 7:00 KST까지 환불받을 수 있습니다\./).waitFor();
    await page.getByText('포인트 충전').first().click();
    await press(page, '포인트 충전');
    await press(page, '200 포인트 결제');
    await page.getByText('결제가 끝났습니다.').waitFor();
    await press(page, '모두 환불');
    await page.getByRole('button', { name: '200 포인트 환불받기' }).click();
    await page.getByText('환불한 주문입니다.').waitFor();
  });
});
