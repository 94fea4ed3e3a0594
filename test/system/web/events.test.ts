/** What is on, in a real browser: the list, its search, the countdown, and that nobody queues for nothing. Skipped where there is no Chromium. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { inHours, scheduleBody } from '../../support/http/client.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const WIDE = { viewport: { width: 1280, height: 900 } };
const SIZES: [name: string, options: BrowserContextOptions][] = [
  ['a phone', PHONE],
  ['a laptop', WIDE],
];
const DAY_HOURS = 24;
/** The address of the API that lists them. */
const EVENTS = /\/events(\?|$)/;

let seatlane: TestSeatlane;
let browser: TestBrowser;
/** The concert whose sale has ended. */
let overId: number;

/** A concert with one performance that starts in some days. */
async function concert(title: string, days: number, more: object, sale: object = {}) {
  const { client } = seatlane;
  const token = await client.tokenFor('operator', 'admin');
  const made = await client.command('POST', '/concerts', { token, body: { title, ...more } });
  expect(made.status).toBe(200);
  const { id } = made.body.result;
  const hours = days * DAY_HOURS;
  // One time for both: a sale must not end after the start, not even by the millisecond in between.
  const startAt = inHours(hours);
  const times = { startAt, endAt: inHours(hours + 2), bookingEndAt: startAt };
  const body = { ...scheduleBody(), ...times, ...sale };
  const performance = await client.command('POST', `/concerts/${id}/schedules`, { token, body });
  expect(performance.status).toBe(200);
  return id as number;
}

/** The day in some days, as a field of the page takes it. */
const day = (days: number) => inHours(days * DAY_HOURS).slice(0, 10);
/** The titles of the events, in their order. */
const titles = (page: Page) => page.locator('.event .card-title').allTextContents();
const shown = (page: Page, count: number) =>
  page.locator(`.events > li:nth-child(${count}):last-child`).waitFor();

describe.skipIf(!CHROMIUM)('with Chromium, what is on', () => {
  beforeAll(async () => {
    seatlane = await startSeatlane();
    browser = await openBrowser(seatlane.client.base);
    const hall = { venue: 'City Hall, Seoul', timeZone: 'Asia/Seoul' };
    await concert('The Winter Gala', 10, hall, { bookingStartAt: inHours(49.9) });
    await concert('Jazz at 100%', 3, { venue: 'The Cellar' });
    overId = await concert('Yesterday’s Sale', 20, { venue: 'The Cellar' });
    await seatlane.rows(`update schedule set booking_end_at = now() where concert_id = ${overId}`);
  });
  afterAll(async () => {
    await browser?.close();
    await seatlane?.stop();
  });
  afterEach(() => browser.expectNoComplaints());

  test.each(SIZES)(
    'is listed on %s without a request elsewhere, with a countdown to a sale',
    async (_, size) => {
      const page = await browser.visit('about:blank', { ...size, timezoneId: 'UTC' });
      const elsewhere: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith(seatlane.client.base)) elsewhere.push(request.url());
      });
      await page.goto('/');
      await shown(page, 3);
      expect(await titles(page)).toEqual(['Jazz at 100%', 'The Winter Gala', 'Yesterday’s Sale']);
      const [jazz, gala, over] = [0, 1, 2].map((index) => page.locator('.event').nth(index));
      await jazz?.getByText('On sale now').waitFor();
      await gala?.getByText(/^Sale opens .* KST/).waitFor();
      const left = gala?.getByRole('timer');
      expect(await left?.textContent()).toMatch(/^2 days 1:\d\d:\d\d$/);
      await over?.getByText('The sale has ended.').waitFor();
      expect(await page.getByRole('timer').count()).toBe(1);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      expect(elsewhere).toEqual([]);
    },
  );

  test.each(SIZES)('is listed on %s in Korean', async (_, size) => {
    const page = await browser.visit('/', { ...size, locale: 'ko-KR', timezoneId: 'UTC' });
    await page.getByRole('heading', { name: '공연', exact: true }).waitFor();
    await shown(page, 3);
    await page.getByText(/KST 예매 시작/).waitFor();
    expect(await page.getByRole('timer').textContent()).toMatch(/^2일 1:\d\d:\d\d$/);
    await page.getByText('예매가 끝났습니다.').waitFor();
    await page.getByLabel('제목이나 장소로 검색').fill('없는 공연');
    await page.getByText('검색 결과가 없습니다.').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  });

  test('is found by title and place with the keyboard alone, and opened', async () => {
    const page = await browser.visit('/', WIDE);
    await shown(page, 3);
    await page.getByLabel('Search by title or place').focus();
    await page.keyboard.type('100%');
    await page.getByRole('status').filter({ hasText: '1 found.' }).waitFor();
    expect(await titles(page)).toEqual(['Jazz at 100%']);
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('seoul');
    await page.getByRole('link', { name: /^The Winter Gala/ }).waitFor();
    await shown(page, 1);
    const isAtEvent = () => page.evaluate(`document.activeElement.matches('.event')`);
    for (let presses = 0; presses < 20 && !(await isAtEvent()); presses += 1) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'The Winter Gala' }).waitFor();
  });

  test('is found by the days of its dates', async () => {
    const page = await browser.visit('/', { ...PHONE, timezoneId: 'UTC' });
    await shown(page, 3);
    await page.getByLabel('From').fill(day(6));
    await shown(page, 2);
    expect(await titles(page)).toEqual(['The Winter Gala', 'Yesterday’s Sale']);
    await page.getByLabel('To', { exact: true }).fill(day(10));
    await shown(page, 1);
    expect(await titles(page)).toEqual(['The Winter Gala']);
    await page.getByLabel('To', { exact: true }).fill(day(9));
    await page.getByText('No concert matches your search.').waitFor();
    await page.getByLabel('From').fill('');
    await shown(page, 1);
    expect(await titles(page)).toEqual(['Jazz at 100%']);
  });

  test('says that nothing is on sale without a queue', async () => {
    const page = await browser.visit('/', PHONE);
    await page.getByRole('link', { name: /^Yesterday’s Sale/ }).click();
    await page.getByText('The sale has ended.').waitFor();
    await page.getByText('No date can be booked at the moment.').waitFor();
    expect(await page.getByRole('button', { name: /queue|Sign in/ }).count()).toBe(0);
    expect(await page.locator('input').count()).toBe(0);
    const [waiting] = await seatlane.rows<{ entries: number }>(
      'select count(*)::int as entries from queue_entry',
    );
    expect(waiting?.entries).toBe(0);
  });

  test('is not shown for a search that cannot be answered', async () => {
    const page = await browser.visit('/', WIDE);
    await shown(page, 3);
    await page.route(/q=seoul/, (route) => {
      const problem = { title: 'x', status: 400, detail: 'x', code: 'VALIDATION_FAILED' };
      return route.fulfill({ status: 400, json: problem });
    });
    await page.getByLabel('Search by title or place').fill('seoul');
    await page.getByText('A field is not filled in correctly.').waitFor();
    expect(await titles(page)).toEqual([]);
  });

  test('can be asked for again after an error of a gateway', async () => {
    const page = await browser.visit('about:blank', WIDE);
    await page.route(EVENTS, (route) => route.fulfill({ status: 413, body: 'Too large.' }));
    await page.goto(`${seatlane.client.base}/`);
    await page.getByText('it probably came from a gateway').waitFor();
    await page.unroute(EVENTS);
    await page.getByRole('button', { name: 'Try again' }).click();
    await shown(page, 3);
  });
});
