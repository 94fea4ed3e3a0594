/** The seat map in a real browser: what it shows, what a filter changes, and that nothing covers it. Skipped where there is no Chromium. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';
import { goToSeats } from '../../support/web/buyer.ts';

const WIDE = { viewport: { width: 1280, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const SEATS = [
  { section: 'Stalls', row: 'A', from: 1, to: 10, price: 100 },
  { section: 'Stalls', row: 'B', from: 1, to: 10, price: 60 },
  { section: 'Circle', row: 'A', from: 1, to: 10, price: 40 },
];
/** Too wide for any screen at the largest scale. */
const WIDE_HALL = [
  { section: 'Stalls', row: 'A', from: 1, to: 60, price: 100 },
  { section: 'Circle', row: 'A', from: 1, to: 60, price: 40 },
];

let seatlane: TestSeatlane;
let browser: TestBrowser;

async function openSeats(
  name: string,
  concertId: number,
  options: BrowserContextOptions = WIDE,
): Promise<Page> {
  const page = await browser.visit(`/#/concerts/${concertId}`, options);
  await goToSeats(page, name);
  return page;
}

const boxOf = async (page: Page, selector: string) => {
  const box = await page.locator(selector).boundingBox();
  if (!box) throw new Error(`${selector} has no size.`);
  return box;
};

describe.skipIf(!CHROMIUM)('with Chromium', () => {
  beforeAll(async () => {
    seatlane = await startSeatlane({ settings: { MAX_SEATS_PER_USER: '100' } });
    browser = await openBrowser(seatlane.client.base);
  });
  afterAll(async () => {
    await browser?.close();
    await seatlane?.stop();
  });
  afterEach(() => browser.expectNoComplaints());

  test.each([
    ['a laptop', WIDE],
    ['a phone', PHONE],
  ])(
    'on %s no control covers the map, and the mini-map appears when it is zoomed',
    async (_, screen) => {
      const { concertId } = await seatlane.client.schedule({ seats: WIDE_HALL });
      const page = await openSeats(`mia ${screen.viewport.width}`, concertId, screen);
      const miniMap = page.locator('.mini-map');
      expect(await miniMap.count()).toBe(0);
      const zoom = page.getByRole('button', { name: 'Zoom in' });
      for (let press = 0; press < 5; press += 1) await zoom.click();
      await miniMap.waitFor();
      const canvas = await boxOf(page, '.map-field canvas');
      for (const selector of ['.mini-map', '.map-live', '.map-buttons', '.seat-filter']) {
        const { x, y, width, height } = await boxOf(page, selector);
        const isAside = x >= canvas.x + canvas.width || x + width <= canvas.x;
        const isApart = isAside || y >= canvas.y + canvas.height || y + height <= canvas.y;
        expect([selector, isApart]).toEqual([selector, true]);
      }
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      await page.getByRole('button', { name: 'Show the whole hall' }).click();
      await miniMap.waitFor({ state: 'detached' });
    },
  );

  test('the code of the map is loaded before a buyer opens it', async () => {
    const page = await browser.visit('/');
    await waitFor('the code of the map', () =>
      page.evaluate<boolean>(
        `performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/map/hall-map.ts'))`,
      ),
    );
  });

  test('the best seats, the lists and the keyboard keep to the section and the prices that a buyer chooses', async () => {
    const { concertId, id } = await seatlane.client.schedule({ seats: SEATS });
    const page = await openSeats('noa', concertId);
    await page.getByLabel('Price up to').selectOption('60');
    await page.getByLabel('Price from').selectOption('60');
    await page.getByText('Outside your choice').waitFor();
    await page.getByText('The best seats side by side, of these: 60 points.').waitFor();

    await page.getByRole('application').focus();
    const spoken = page.getByRole('status').filter({ hasText: 'Row' });
    for (const key of ['ArrowRight', 'ArrowUp']) await page.keyboard.press(key);
    await spoken.getByText('Stalls, Row B, Seat 2 · 60 points · free').waitFor();

    await page.getByText('Choose from a list').click();
    const seats = page.getByRole('combobox', { name: 'Seat', exact: true });
    expect(await seats.locator('option').first().textContent()).toBe('1 · 60 points');
    expect(await page.getByRole('combobox', { name: 'Row' }).locator('option').count()).toBe(1);

    await page.getByRole('button', { name: 'Hold the best seats' }).click();
    await page.getByText('Your seats are held until the time is over').waitFor();
    await page.getByRole('button', { name: 'Show all seats' }).click();
    await page.getByLabel('Show section').selectOption('Circle');
    await page.getByText('More seats').click();
    await page.getByRole('button', { name: 'Hold the best seats' }).click();
    await page.getByText('You need 200 more points.').waitFor();
    const held = await seatlane.rows<{ section: string; price: number }>(
      `select section, price from seat where schedule_id = ${id} and state = 'held' order by id`,
    );
    expect(held.map(({ section, price }) => [section, price])).toEqual([
      ['Stalls', 60],
      ['Stalls', 60],
      ['Circle', 40],
      ['Circle', 40],
    ]);
  });

  test('a seat that operators block or release changes its look and its words by the stream', async () => {
    const { concertId, seats } = await seatlane.client.schedule({ seats: SEATS });
    const page = await openSeats('lou', concertId);
    const token = await seatlane.client.tokenFor('operator', 'admin');
    const seatIds = [seats[0]?.id];
    const blocked = page.getByRole('listitem').filter({ hasText: 'Not for sale' });
    expect(await blocked.count()).toBe(0);
    await seatlane.client.command('POST', '/concerts/seats/block', {
      token,
      body: { seatIds, reason: 'Camera' },
    });
    await blocked.waitFor();
    await page.getByRole('application').focus();
    for (const key of ['ArrowRight', 'ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key);
    const spoken = page.getByRole('status').filter({ hasText: 'Stalls, Row A' });
    await spoken.getByText('Stalls, Row A, Seat 1 · 100 points · not for sale').waitFor();
    await seatlane.client.command('POST', '/concerts/seats/release', { token, body: { seatIds } });
    await spoken.getByText('Stalls, Row A, Seat 1 · 100 points · free').waitFor();
    await blocked.waitFor({ state: 'detached' });
  });

  test('a press on a standing area of the map leads to its form', async () => {
    const areas = [{ name: 'Standing', capacity: 5, price: 50 }];
    const { concertId } = await seatlane.client.schedule({ seats: SEATS, areas });
    const page = await openSeats('pia', concertId);
    await page.getByText('5 of 5 free').waitFor();
    const { width, height } = await boxOf(page, '.map-field canvas');
    const places = page.getByLabel('Number of places');
    const isFocused = async () => (await places.and(page.locator(':focus')).count()) > 0;
    // The area lies below the stage, in the middle: the first press that meets it counts.
    for (let part = 0.05; part < 0.6 && !(await isFocused()); part += 0.05) {
      const position = { x: width / 2, y: height * part };
      await page.locator('.map-field canvas').click({ position });
    }
    expect(await isFocused()).toBe(true);
  });
});
