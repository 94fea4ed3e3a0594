/** Operators block and release seats on the map of a performance, in a real browser. Skipped where there is no Chromium. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Schedule, Seat } from '../../../src/commands/schemas/resources.ts';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { inHours } from '../../support/http/client.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';
import { violationsOf } from '../../support/web/axe.ts';
import { goToSeats } from '../../support/web/buyer.ts';
import { expectNoSideways } from '../../support/web/view.ts';

const LOGIN = { httpCredentials: { username: 'admin', password: 'test-password' } };
const PHONE = { ...LOGIN, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const WIDE = { ...LOGIN, viewport: { width: 1280, height: 900 } };
/** Ten columns: a line down the middle of the map has five seats of each row on its left. */
const SEATS = [
  { section: 'Stalls', row: 'A', from: 1, to: 10, price: 100 },
  { section: 'Stalls', row: 'B', from: 1, to: 10, price: 60 },
  { section: 'Circle', row: 'A', from: 1, to: 10, price: 40 },
];
const TITLE = 'Block and release seats';

let seatlane: TestSeatlane;
let browser: TestBrowser;

interface Hall extends Schedule {
  seats: Seat[];
}
const aHall = (seats: object[] = SEATS): Promise<Hall> => seatlane.client.schedule({ seats });

async function openPlaces(
  { id, concertId }: Schedule,
  options: BrowserContextOptions = WIDE,
): Promise<Page> {
  const page = await browser.visit(`/admin#/concerts/${concertId}/places/${id}`, options);
  await page.locator('.map canvas').waitFor();
  await page.locator('.map-live:not(.is-stale)').waitFor();
  return page;
}

/** The page of a buyer with the map of the same performance. */
async function openBuyer(name: string, { concertId }: Schedule): Promise<Page> {
  const page = await browser.visit(`/#/concerts/${concertId}`, { viewport: WIDE.viewport });
  await goToSeats(page, name);
  return page;
}

/** Drags over the map, from and to parts of its width and height. */
async function drag(
  page: Page,
  from: readonly [x: number, y: number],
  to: readonly [x: number, y: number],
): Promise<void> {
  const canvas = page.locator('.map-field canvas');
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  if (!box) throw new Error('The map has no size.');
  const [start, end] = [from, to].map(([x, y]) => ({
    x: box.x + x * box.width,
    y: box.y + y * box.height,
  })) as [{ x: number; y: number }, { x: number; y: number }];
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
  const frame = page.locator('.places-frame');
  if (await page.evaluate('navigator.maxTouchPoints > 0')) {
    const cdp = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: typeof middle) =>
      cdp.send('Input.dispatchTouchEvent', { type, touchPoints: at ? [at] : [] });
    await touch('touchStart', start);
    await touch('touchMove', middle);
    await touch('touchMove', end);
    await frame.waitFor();
    await touch('touchEnd');
  } else {
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.move(end.x, end.y);
    await frame.waitFor();
    await page.mouse.up();
  }
  await frame.waitFor({ state: 'hidden' });
}

const TOP_LEFT = [0.01, 0.01] as const;
const BOTTOM_MIDDLE = [0.5, 0.99] as const;
const BOTTOM_RIGHT = [0.99, 0.99] as const;

const panel = (page: Page, title: string) =>
  page.locator('.panel', { has: page.getByRole('heading', { name: title, exact: true }) });

async function block(page: Page, reason: string): Promise<void> {
  await page.getByRole('button', { name: 'Block…' }).click();
  const dialog = page.getByRole('dialog', { name: /^Block .* seats?\?$/ });
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: 'Block', exact: true }).click();
}

async function chooseAll(page: Page, count: string): Promise<void> {
  await panel(page, 'Without the map').getByRole('button', { name: 'Add' }).click();
  await page.getByText(`${count} seats chosen`).waitFor();
}

const reasonsOf = ({ id }: Schedule) =>
  seatlane.rows<{ reason: string; count: number }>(
    `select blocked_reason as reason, count(*)::int from seat
     where schedule_id = ${id} and blocked_reason is not null group by 1 order by 1`,
  );

describe.skipIf(!CHROMIUM)('with Chromium, an operator', () => {
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
    ['by touch on a phone', PHONE],
    ['with a mouse on a laptop', WIDE],
  ])(
    'draws a rectangle %s, blocks its seats with a reason, and releases them; a buyer sees both',
    async (_, screen) => {
      const hall = await aHall();
      const buyer = await openBuyer(`buyer ${screen.viewport.width}`, hall);
      const notForSale = buyer.getByRole('listitem').filter({ hasText: 'Not for sale' });
      const page = await openPlaces(hall, screen);
      await drag(page, TOP_LEFT, BOTTOM_RIGHT);
      await page.getByText('30 seats chosen').waitFor();
      await page.getByRole('button', { name: 'Take out' }).first().click();
      await drag(page, TOP_LEFT, BOTTOM_MIDDLE);
      await page.getByText('15 seats chosen').waitFor();
      await page.getByRole('button', { name: 'Add' }).first().click();
      expect(await notForSale.count()).toBe(0);

      await block(page, 'Camera platform');
      await page.getByText('15 seats blocked.').waitFor();
      const blocked = panel(page, 'Blocked seats');
      await blocked.getByText('Camera platform').waitFor();
      await blocked.getByText('Stalls, Row A, Seats 6–10').waitFor();
      await notForSale.waitFor();
      expect(await reasonsOf(hall)).toEqual([{ reason: 'Camera platform', count: 15 }]);
      await expectNoSideways(page);

      await blocked.getByRole('button', { name: /Choose the seats .*Camera platform/ }).click();
      await page.getByText('15 seats chosen').waitFor();
      await page.getByRole('button', { name: 'Release…' }).click();
      const dialog = page.getByRole('dialog', { name: 'Release 15 blocked seats?' });
      await dialog.getByRole('button', { name: 'Release', exact: true }).click();
      await page.getByText('15 seats released.').waitFor();
      await blocked.getByText('No seat is blocked.').waitFor();
      await notForSale.waitFor({ state: 'detached' });
      expect(await reasonsOf(hall)).toEqual([]);
    },
  );

  test('chooses with Shift and clicks, moves the map, and reads the reason of a blocked seat in its tip', async () => {
    const hall = await aHall();
    const page = await openPlaces(hall);
    await drag(page, TOP_LEFT, BOTTOM_RIGHT);
    await page.keyboard.down('Shift');
    await drag(page, TOP_LEFT, BOTTOM_MIDDLE);
    await page.keyboard.up('Shift');
    await page.getByText('15 seats chosen').waitFor();
    await block(page, 'Sound desk');
    await panel(page, 'Blocked seats').getByText('Sound desk').waitFor();

    const canvas = page.locator('.map-field canvas');
    const { width, height } = (await canvas.boundingBox()) ?? { width: 0, height: 0 };
    const tip = page.locator('.map-tip');
    // The blocked seats are in the right half; the first of a column under the pointer counts.
    for (let y = 0.2; y < 1 && (await tip.count()) === 0; y += 0.02) {
      await canvas.hover({ position: { x: width * 0.55, y: height * y } });
    }
    expect(await tip.textContent()).toContain('blocked: Sound desk');
    const at = (await tip.boundingBox()) ?? { x: 0 };
    expect(at.x).toBeGreaterThan(0);
    await page.mouse.down();
    await page.mouse.up();
    await page.getByText('1 seat chosen').waitFor();
    await page.mouse.down();
    await page.mouse.up();
    await page.getByText('No seat is chosen.').waitFor();

    await page.getByRole('button', { name: 'Move the map' }).click();
    await page.getByText('Drag to move, click to choose.').waitFor();
    const { x = 0, y = 0 } = (await canvas.boundingBox()) ?? {};
    await page.mouse.move(x + 10, y + 10);
    await page.mouse.down();
    await page.mouse.move(x + width - 10, y + height - 10);
    expect(await page.locator('.places-frame').isVisible()).toBe(false);
    await page.mouse.up();
    await page.getByText('No seat is chosen.').waitFor();
  });

  test('chooses by the keyboard and by names, and hears what is chosen', async () => {
    const hall = await aHall();
    const page = await browser.visit(`/admin#/sales/${hall.id}`, WIDE);
    await page.getByRole('link', { name: TITLE }).click();
    await page.getByRole('heading', { name: TITLE, level: 1 }).waitFor();
    await page.goto(`/admin#/concerts/${hall.concertId}`);
    await page.getByRole('link', { name: TITLE }).click();
    await page.getByRole('heading', { name: TITLE, level: 1 }).waitFor();
    await page.locator('.map-live:not(.is-stale)').waitFor();

    await page.getByRole('application').focus();
    const spoken = page.getByRole('status').filter({ hasText: 'Row' });
    for (const key of ['ArrowRight', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await spoken.getByText('Stalls, Row B, Seat 2 · 60 points · free · chosen').waitFor();
    await page.getByText('1 seat chosen').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('No seat is chosen.').waitFor();

    const form = panel(page, 'Without the map');
    await form.getByLabel('Section').selectOption('Stalls');
    await form.getByLabel('Row').selectOption('B');
    await form.getByLabel('First seat').fill('3');
    await form.getByLabel('Last seat').fill('8');
    await form.getByRole('button', { name: 'Add' }).click();
    await page.getByText('6 seats chosen').waitFor();
    await form.getByLabel('Last seat').fill('4');
    await form.getByRole('button', { name: 'Take out' }).click();
    await page.getByText('4 seats chosen').waitFor();
    await form.getByLabel('First seat').fill('99');
    await form.getByRole('button', { name: 'Add' }).click();
    await form.getByText('No seat matches.').waitFor();
    await page.getByRole('button', { name: 'Choose none' }).click();
    await page.getByText('No seat is chosen.').waitFor();
    expect(await page.getByRole('button', { name: 'Block…' }).getAttribute('aria-disabled')).toBe(
      'true',
    );
  });

  test('is told which held and sold seats were skipped, also one that the page took for free', async () => {
    const hall = await aHall();
    const { id: scheduleId, seats } = hall;
    const ada = await seatlane.client.admitted('ada');
    const order = async (...places: number[]) => {
      const body = { scheduleId, seatIds: places.map((place) => seats[place]?.id) };
      const placed = await seatlane.client.command('POST', '/orders', { ...ada, body });
      return placed.body.result.id;
    };
    const paid = await order(0);
    await order(1);
    await seatlane.client.command('POST', '/points/charge', { ...ada, body: { amount: 1000 } });
    const { client } = seatlane;
    const page = await browser.visit('/admin', WIDE);
    // A page whose stream is broken does not see what happens next.
    await page.route('**/concerts/schedules/*/events*', (route) => route.abort());
    await page.goto(`/admin#/concerts/${hall.concertId}/places/${scheduleId}`);
    await page.locator('.map canvas').waitFor();
    await chooseAll(page, '30');
    const again = await client.admitted('bea');
    const body = { scheduleId, seatIds: [seats[5]?.id] };
    expect((await client.command('POST', '/orders', { ...again, body })).status).toBe(200);
    expect((await client.command('POST', `/orders/${paid}/pay`, ada)).status).toBe(200);
    await page.getByRole('button', { name: 'Block…' }).click();
    await page.getByText('2 held or sold seats cannot be blocked, and stay as they are.').waitFor();
    await page.keyboard.press('Escape');
    await block(page, 'Guests');
    await page.getByText('27 seats blocked.').waitFor();
    const outcome = panel(page, 'What was done');
    await outcome.getByText('3 seats skipped, because a buyer holds or has bought them:').waitFor();
    await outcome.getByText('Stalls, Row A, Seats 1–2').waitFor();
    await outcome.getByText('Stalls, Row A, Seat 6', { exact: true }).waitFor();
    expect(await reasonsOf(hall)).toEqual([{ reason: 'Guests', count: 27 }]);
    await page.getByText('3 seats chosen').waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  test('blocks 2,500 seats in three commands, and after an error knows what was done', async () => {
    const rows = Array.from({ length: 50 }, (_, index) => ({
      section: 'Floor',
      row: String(index + 1),
      from: 1,
      to: 50,
      price: 10,
    }));
    const hall = await aHall(rows);
    const page = await openPlaces(hall, PHONE);
    let requests = 0;
    await page.route('**/concerts/seats/block', async (route) => {
      requests += 1;
      if (requests !== 2) return route.fallback();
      const problem = { type: 'about:blank', title: 'Too large', status: 413, detail: 'Too large' };
      return route.fulfill({
        status: 413,
        contentType: 'application/problem+json',
        body: JSON.stringify({ ...problem, code: 'BODY_TOO_LARGE' }),
      });
    });
    await chooseAll(page, '2,500');
    await block(page, 'Rehearsal');
    await page.getByText('1,000 seats blocked.').waitFor();
    const outcome = panel(page, 'What was done');
    await outcome.getByText('1 of 3 commands were carried out.').waitFor();
    await outcome.getByText('1,500 seats not done, and still chosen:').waitFor();
    await outcome.getByText('Floor, Row 21, Seats 1–50').waitFor();
    await page.getByText('1,500 seats chosen').waitFor();
    expect(await reasonsOf(hall)).toEqual([{ reason: 'Rehearsal', count: 1000 }]);

    await block(page, 'Rehearsal');
    await page.getByText('2 of 2 commands were carried out.').waitFor();
    await page.getByText('No seat is chosen.').waitFor();
    expect(await reasonsOf(hall)).toEqual([{ reason: 'Rehearsal', count: 2500 }]);
    const logged = await seatlane.rows<{ count: number }>(
      `select count(*)::int from operator_log where command = 'block-seats' and reason = 'Rehearsal'`,
    );
    expect(logged).toEqual([{ count: 3 }]);
    await expectNoSideways(page);
  });

  test('sees which wheelchair spaces are kept, and until when', async () => {
    const { client } = seatlane;
    const token = await client.tokenFor('operator', 'admin');
    const seat = { number: 1, category: 'Best', kind: 'accessible' };
    const plan = {
      categories: [{ name: 'Best' }],
      sections: [
        {
          name: 'Stalls',
          rows: [{ name: 'A', seats: [seat, { number: 2, category: 'Best' }] }],
        },
      ],
    };
    const hall = await client.command('POST', '/halls', { token, body: { name: 'Barn', plan } });
    const schedule = await client.schedule({
      seats: undefined,
      hall: { hallId: hall.body.result.id, version: 1, prices: { Best: 100 } },
      accessibleUntil: inHours(2),
    });
    const venue = { timeZone: 'Asia/Seoul' };
    await client.command('PUT', `/concerts/${schedule.concertId}`, { token, body: venue });
    const page = await openPlaces(schedule);
    const legend = page.locator('.legend');
    await legend.getByText(/Wheelchair space, kept until .* KST$/).waitFor();
    await legend.getByText('Best · 100').waitFor();
    await page.getByRole('application').focus();
    for (const key of ['ArrowRight', 'ArrowLeft']) await page.keyboard.press(key);
    const spoken = page.getByRole('status').filter({ hasText: 'Stalls, Row A, Seat 1' });
    await spoken.getByText(/Wheelchair space, kept until .* · free$/).waitFor();
  });

  test('learns why somebody else has blocked a seat, in Korean too', async () => {
    const hall = await aHall();
    const page = await openPlaces(hall, { ...PHONE, locale: 'ko-KR' });
    await page.getByRole('heading', { name: '좌석 판매 제외·해제', level: 1 }).waitFor();
    await page.getByText('판매 제외된 좌석이 없습니다.').waitFor();
    const token = await seatlane.client.tokenFor('another operator', 'admin');
    await seatlane.client.command('POST', '/concerts/seats/block', {
      token,
      body: { seatIds: [hall.seats[0]?.id], reason: '카메라' },
    });
    const blocked = panel(page, '판매 제외된 좌석');
    await blocked.getByText('카메라', { exact: true }).waitFor();
    await blocked.getByText('Stalls A열 1번').waitFor();
    await expectNoSideways(page);
    await waitFor('the reason', async () => (await reasonsOf(hall)).length === 1);
  });
});
