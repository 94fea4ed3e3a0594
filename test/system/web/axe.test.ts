/**
 * Every view has no violation that axe can find, in both languages and colour schemes, on a phone and on a laptop, and
 * loads nothing from elsewhere. Each view is opened once a language. Skipped where there is no Chromium. A new view needs a row in
 * `BUYING` or `BOARD`, or in test/support/web/gate-views.ts.
 */
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Order } from '../../../src/commands/schemas/resources.ts';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { inHours } from '../../support/http/client.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { SCHEMES, violationsOf } from '../../support/web/axe.ts';
import { gateViews } from '../../support/web/gate-views.ts';
import { click, go, type View } from '../../support/web/view.ts';

/** Where screenshots of the views are written; none are if the variable is not set. */
const PICTURES = process.env.TEST_PICTURES;
const LOGIN = { httpCredentials: { username: 'admin', password: 'test-password' } };
const LANGUAGES = ['en', 'ko'];
const STYLES = resolve(import.meta.dirname, '../../../src/web/styles');

let seatlane: TestSeatlane;
let browser: TestBrowser;
/** What the rows need; made once. */
let scene: {
  waiting: number;
  drawn: number;
  scheduleId: number;
  concertId: number;
  /** A paid order of the user `axe board`. */
  orderId: number;
};

const admin = () => seatlane.client.tokenFor('operator', 'admin');

/** A concert with a queue of its own. */
async function concertWithQueue(name: string): Promise<{ concertId: number; queueId: number }> {
  const { concertId } = await seatlane.client.schedule();
  const body = { name, concertIds: [concertId] };
  const created = await seatlane.client.command('POST', '/queues', { token: await admin(), body });
  return { concertId, queueId: created.body.result.id };
}

async function makeScene(): Promise<Omit<typeof scene, 'orderId'>> {
  const { client } = seatlane;
  const token = await admin();
  const paused = await concertWithQueue('Paused');
  await client.command('POST', `/queues/${paused.queueId}/admission`, {
    token,
    body: { isPaused: true },
  });
  const drawn = await concertWithQueue('Drawn');
  const body = { gathersAt: inHours(-1), opensAt: inHours(1) };
  await client.command('POST', `/concerts/${drawn.concertId}/draw`, { token, body });
  const areas = [{ name: 'Standing', capacity: 5, price: 50 }];
  const { id: scheduleId, concertId } = await client.schedule({
    areas,
    seats: [{ section: 'Stalls', row: 'A', from: 1, to: 40, price: 100 }],
  });
  return { waiting: paused.concertId, drawn: drawn.concertId, scheduleId, concertId };
}

/** A paid order of that many places. */
async function paidOrder(subject: string, quantity: number): Promise<Order> {
  const { client } = seatlane;
  const buyer = await client.admitted(subject);
  await client.command('POST', '/points/charge', { ...buyer, body: { amount: 1000 } });
  const body = { scheduleId: scene.scheduleId, bestAvailable: { quantity } };
  const placed = await client.command('POST', '/orders', { ...buyer, body });
  const { id } = placed.body.result;
  return (await client.command('POST', `/orders/${id}/pay`, buyer)).body.result.order;
}

/** A user with one paid order, and one held one. */
async function buyFor(subject: string): Promise<void> {
  await paidOrder(subject, 1);
  const again = await seatlane.client.admitted(subject);
  const body = { scheduleId: scene.scheduleId, bestAvailable: { quantity: 1 } };
  await seatlane.client.command('POST', '/orders', { ...again, body });
}

/** The path of the user's first order, on the page of buyers. */
async function firstOrder(subject: string): Promise<string> {
  const [order] = await seatlane.rows<{ id: string }>(
    `select app_order.id from app_order join app_user on app_user.id = user_id
     where subject = '${subject}' order by app_order.id limit 1`,
  );
  return `/#/orders/${order?.id}`;
}

/** A gate of the schedule, and two tickets for it. */
async function gateScene(gate: string) {
  const { client } = seatlane;
  const { scheduleId } = scene;
  const { id } = await paidOrder(`guest at ${gate}`, 2);
  const token = await client.tokenFor(`guest at ${gate}`);
  const { items } = (await client.request('GET', `/orders/${id}/tickets`, { token })).body;
  const opened = await client.command('POST', '/admin/gate-sessions', {
    token: await admin(),
    body: { scheduleId, gate },
  });
  const names = new URLSearchParams({
    schedule: String(scheduleId),
    gate,
    token: opened.body.result.accessToken,
    title: 'Gala',
  });
  const codes: readonly [string, string] = [items[0].code, items[1].code];
  const path = `/concerts/schedules/${scheduleId}/check-ins`;
  const scanElsewhere = async (code: string) =>
    client.command('POST', path, { token: await admin(), body: { code, gate: 'South' } });
  return { address: `/gate#${names}`, codes, scanElsewhere };
}

/** The views of a buyer in the order of a visit. */
const BUYING = (subject: string): View[] => [
  { name: 'concerts', open: (page) => go(page, '/#/', 'main h1') },
  {
    name: 'sign-in',
    open: (page) => go(page, `/#/concerts/${scene.waiting}`, 'input[name=given]'),
  },
  {
    name: 'join',
    async open(page) {
      await page.locator('input[name=given]').fill(subject);
      await page.locator('.gate form button').click();
      await page.locator('.gate section button.button').waitFor();
    },
  },
  {
    name: 'waiting',
    async open(page) {
      await page.locator('.gate section button.button').click();
      await page.locator('.waiting').waitFor();
    },
  },
  { name: 'elsewhere', open: (page) => go(page, '/#/', '.turn a') },
  {
    name: 'draw',
    async open(page) {
      await go(page, `/#/concerts/${scene.drawn}`, '.gate section button.button');
      await page.locator('.gate section button.button').click();
      await page.locator('.waiting').waitFor();
    },
  },
  {
    name: 'dates',
    async open(page) {
      await buyFor(subject);
      await go(page, `/#/concerts/${scene.concertId}`, 'a.card');
    },
  },
  {
    name: 'seats',
    open: (page) =>
      go(page, `/#/concerts/${scene.concertId}/dates/${scene.scheduleId}`, '.checkout'),
  },
  { name: 'give-back', open: (page) => click(page, '.checkout > .link', '.checkout .ask') },
  { name: 'orders', open: (page) => go(page, '/#/orders', 'main li') },
  {
    name: 'order',
    open: async (page) => go(page, await firstOrder(subject), '.line-item .link'),
  },
  { name: 'refund', open: (page) => click(page, '.line-item .link', '.ask') },
  {
    name: 'tickets',
    open: async (page) => go(page, `${await firstOrder(subject)}/tickets`, '[role=img]'),
  },
];

const closeDialog = async (page: Page) => {
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
};

const BOARD_PAGES = [
  'concerts',
  'halls',
  'halls/new',
  'queues',
  'queues/1',
  'sales',
  'orders',
  'people',
  'gates',
  'outbox',
];
const BOARD: View[] = [
  { name: 'rush', open: (page) => go(page, '/admin', '.board-grid') },
  ...BOARD_PAGES.map((name) => ({
    name,
    open: (page: Page) => go(page, `/admin#/${name}`, 'main h1'),
  })),
  {
    name: 'places',
    open: (page) =>
      go(page, `/admin#/concerts/${scene.concertId}/places/${scene.scheduleId}`, '.map canvas'),
  },
  {
    name: 'performance',
    open: (page) => go(page, `/admin#/sales/${scene.scheduleId}`, '.sales-groups table'),
  },
  {
    name: 'question-with-reason',
    open: (page) => click(page, 'main .is-danger', 'dialog[open]'),
    close: closeDialog,
  },
  { name: 'order', open: (page) => go(page, `/admin#/orders/${scene.orderId}`, 'main table') },
  { name: 'user', open: (page) => go(page, '/admin#/people/axe%20board', 'main table') },
  { name: 'queue', open: (page) => go(page, '/admin#/queues/1', '.board-admission') },
  {
    name: 'question',
    open: (page) => click(page, '.board-admission > .is-plain', 'dialog[open]'),
    close: closeDialog,
  },
];

/** Visits all views, one after the other. @returns the violations, by view */
async function visit(views: readonly View[], page: Page, language: string): Promise<string[]> {
  const found: string[] = [];
  for (const { name, open, close } of views) {
    await open(page);
    const violations = await violationsOf(page);
    found.push(...violations.map((violation) => `${name}, ${violation}`));
    if (PICTURES) await takePictures(page, `${PICTURES}/${name}-${language}`);
    await close?.(page);
  }
  return found;
}

async function takePictures(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES as string, { recursive: true });
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      await page.screenshot({ path: `${name}-${colorScheme}-${width}.png`, fullPage: true });
    }
  }
}

describe.skipIf(!CHROMIUM)('with Chromium', () => {
  beforeAll(async () => {
    seatlane = await startSeatlane({ settings: { ADMIT_WINDOW_SECONDS: '1' } });
    browser = await openBrowser(seatlane.client.base);
    scene = { ...(await makeScene()), orderId: 0 };
    scene.orderId = (await paidOrder('axe board', 1)).id;
  });
  afterAll(async () => {
    await browser?.close();
    await seatlane?.stop();
  });
  afterEach(() => browser.expectNoComplaints());

  test('a picture without a text is found', async () => {
    const page = await browser.visit('/');
    await page.locator('main h1').waitFor();
    await page.evaluate(`document.querySelector('main').append(document.createElement('img'))`);
    expect(await violationsOf(page)).toEqual([
      expect.stringMatching(/^light, 390 px: image-alt at img/),
      expect.stringMatching(/^light, 1280 px: image-alt at img/),
    ]);
  });

  test('a text that cannot be read in the dark is found', async () => {
    const page = await browser.visit('/');
    await page.locator('main h1').waitFor();
    await page.evaluate(`document.querySelector('main h1').style.color = '#444444'`);
    expect(await violationsOf(page)).toEqual([
      expect.stringMatching(/^dark, 390 px: color-contrast at h1/),
      expect.stringMatching(/^dark, 1280 px: color-contrast at h1/),
    ]);
  });

  test.each(LANGUAGES)('the buyers’ views have no violation in %s', async (language) => {
    const page = await browser.visit('/', { locale: language });
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(seatlane.client.base)) elsewhere.push(request.url());
    });
    expect(await visit(BUYING(`axe ${language}`), page, language)).toEqual([]);
    expect(elsewhere.filter((url) => !url.startsWith('blob:'))).toEqual([]);
  });

  test.each(LANGUAGES)('the operators’ pages have no violation in %s', async (language) => {
    const page = await browser.visit('/admin', { ...LOGIN, locale: language });
    expect(await visit(BOARD, page, language)).toEqual([]);
  });

  test.each(LANGUAGES)('a gate’s views have no violation in %s', async (language) => {
    const views = gateViews(await gateScene(`North ${language}`));
    const page = await browser.visit('/gate', { locale: language });
    expect(await visit(views, page, language)).toEqual([]);
  });
});

test('the dark scheme changes nothing but colours, so in the dark only colours are checked', () => {
  const files = globSync('*.css', { cwd: STYLES });
  const dark = files.flatMap((file) =>
    readFileSync(join(STYLES, file), 'utf8')
      .split('@media (prefers-color-scheme: dark)')
      .slice(1)
      .map((rest) => rest.slice(0, rest.indexOf('\n}'))),
  );
  expect(dark.length).toBeGreaterThan(0);
  const declarations = dark.flatMap((block) => block.match(/[\w-]+(?=\s*:[^{]*;)/g) ?? []);
  expect(declarations.filter((name) => !name.startsWith('--'))).toEqual([]);
});
