/** Waiting on the page: what is shown, the alert on admission, and the focus. Skipped where there is no Chromium. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { inHours } from '../../support/http/client.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';

let seatlane: TestSeatlane;
let browser: TestBrowser;
let concertId: number;

const setAdmission = async (body: object) => {
  const token = await seatlane.client.tokenFor('operator', 'admin');
  await seatlane.client.command('POST', '/admin/admission', { token, body });
};

/** Records notifications and tones, and how often the browser was asked for permission. */
const RECORDER = `
  window.alerts = { asked: 0, shown: [], tones: 0 };
  const { requestPermission } = Notification;
  Notification.requestPermission = () => (alerts.asked += 1, requestPermission.call(Notification));
  window.Notification = new Proxy(Notification, {
    construct: (real, args) => (alerts.shown.push(args[0]), new real(...args)),
  });
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...args) { alerts.tones += 1; return start.apply(this, args); };
`;

interface Alerts {
  asked: number;
  shown: string[];
  tones: number;
}

const alertsOf = (page: Page) => page.evaluate<Alerts>('alerts');

async function recordedPage(address: string): Promise<Page> {
  const page = await browser.visit('about:blank');
  await page.context().addInitScript(RECORDER);
  await page.goto(seatlane.client.base + address);
  return page;
}

async function joinAs(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Join the queue' }).press('Enter');
}

/** A concert on sale whose queue is still the house queue. */
async function concertOnSale(): Promise<{ concertId: number; scheduleId: number }> {
  await setAdmission({ isPaused: false });
  const schedule = await seatlane.client.schedule();
  return { concertId: schedule.concertId, scheduleId: schedule.id };
}

/** Gives a concert a queue of its own. */
async function separate(concertId: number): Promise<void> {
  const token = await seatlane.client.tokenFor('operator', 'admin');
  const body = { name: `Own queue of ${concertId}`, concertIds: [concertId] };
  await seatlane.client.command('POST', '/queues', { token, body });
}

/** Admits a user to a concert of the house queue. */
async function admittedPage(name: string, concertId: number): Promise<Page> {
  const page = await browser.visit(`/#/concerts/${concertId}`);
  await joinAs(page, name);
  await page.getByRole('heading', { name: 'Choose a date' }).waitFor();
  return page;
}

/** The statuses of the API's responses to a page from now on. */
function statusesOf(page: Page): number[] {
  const statuses: number[] = [];
  page.on('response', (response) => statuses.push(response.status()));
  return statuses;
}

const hasTurn = (page: Page, name: string) =>
  page.evaluate<boolean>(`localStorage.getItem('seatlane.turn.1.${name}') !== null`);

const isPoll = /\/queues\/\d+\/entry\?/;

/** The text of the element that has the focus. */
const focused = (page: Page) => page.evaluate<string>('document.activeElement.textContent.trim()');

const untilFocused = (page: Page, text: string) =>
  waitFor(`the focus to be on “${text}”`, async () => (await focused(page)) === text);

describe.skipIf(!CHROMIUM)('with Chromium, a waiting user', () => {
  beforeAll(async () => {
    seatlane = await startSeatlane({ settings: { ADMIT_WINDOW_SECONDS: '1' } });
    browser = await openBrowser(seatlane.client.base);
    concertId = (await seatlane.client.schedule()).concertId;
  });
  afterAll(async () => {
    await browser?.close();
    await seatlane?.stop();
  });
  beforeEach(() => setAdmission({ isPaused: true }));
  afterEach(() => browser.expectNoComplaints());

  test('is told once when admitted, by the tab that polls, after asking for it', async () => {
    const first = await recordedPage(`/#/concerts/${concertId}`);
    await first.context().grantPermissions(['notifications']);
    await joinAs(first, 'ada');
    await first.getByText('Your position').waitFor();
    expect(await alertsOf(first)).toEqual({ asked: 0, shown: [], tones: 0 });
    await first.getByRole('button', { name: 'Tell me when it is my turn' }).click();
    await first.getByText(/and see a notification/).waitFor();
    expect(await alertsOf(first)).toEqual({ asked: 0, shown: [], tones: 2 });

    const second = await first.context().newPage();
    await second.goto(`/#/concerts/${concertId}`);
    await second.getByRole('button', { pressed: true }).waitFor();
    await setAdmission({ isPaused: false });
    for (const page of [first, second]) await page.getByRole('timer').waitFor();
    const shown = await Promise.all([first, second].map(alertsOf));
    expect(shown.flatMap((each) => each.shown)).toEqual(['It is your turn. Choose your seats.']);
    await second.reload();
    await second.getByRole('timer').waitFor();
    expect((await alertsOf(second)).shown).toEqual([]);
  });

  test('hears the sound alone if the browser refuses notifications', async () => {
    const page = await recordedPage(`/#/concerts/${concertId}`);
    await joinAs(page, 'grace');
    await page.getByRole('button', { name: 'Tell me when it is my turn' }).click();
    await page.getByText(/shows no notifications of this page/).waitFor();
    await setAdmission({ isPaused: false });
    await page.getByRole('timer').waitFor();
    expect(await alertsOf(page)).toMatchObject({ shown: [], tones: 4 });
  });

  test('is admitted although the user asked to be told while the poll was in flight', async () => {
    const page = await browser.visit(`/#/concerts/${concertId}`);
    await joinAs(page, 'judy');
    await page.getByText('Your position').waitFor();
    await setAdmission({ isPaused: false });
    const answered = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    await page.route(isPoll, async (route) => {
      const response = await route.fetch();
      const { state } = await response.json();
      if (state === 'active') answered.resolve();
      if (state === 'active') await released.promise;
      await route.fulfill({ response });
    });
    await answered.promise;
    await page.getByRole('button', { name: 'Tell me when it is my turn' }).click();
    await page.getByRole('button', { pressed: true }).waitFor();
    released.resolve();
    await page.getByRole('timer').waitFor();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  test('is not told without asking for it', async () => {
    const page = await recordedPage(`/#/concerts/${concertId}`);
    await page.context().grantPermissions(['notifications']);
    await joinAs(page, 'lin');
    await page.getByText('Your position').waitFor();
    await setAdmission({ isPaused: false });
    await page.getByRole('timer').waitFor();
    expect(await alertsOf(page)).toEqual({ asked: 0, shown: [], tones: 0 });
  });

  test('finds the focus at the heading of each step and of each view', async () => {
    const page = await browser.visit(`/#/concerts/${concertId}`);
    await page.getByLabel('Your name').waitFor();
    expect(await page.evaluate('document.activeElement === document.body')).toBe(true);
    await page.getByLabel('Your name').fill('mary');
    await page.keyboard.press('Enter');
    await untilFocused(page, 'Everybody gets their turn');
    await page.getByRole('button', { name: 'Join the queue' }).press('Enter');
    await untilFocused(page, 'Your position');
    expect(await page.title()).toBe('1 in the queue · Seatlane');
    await page.getByRole('button', { name: 'Leave the queue' }).press('Enter');
    await untilFocused(page, 'Everybody gets their turn');
    await page.getByRole('button', { name: 'Join the queue' }).press('Enter');
    await untilFocused(page, 'Your position');
    await setAdmission({ isPaused: false });
    await untilFocused(page, 'Choose a date');
    expect(await page.title()).toBe('The Winter Gala · Seatlane');
    await page.getByRole('link', { name: 'Concerts' }).press('Enter');
    await untilFocused(page, 'Concerts');
    expect(await page.title()).toBe('Concerts · Seatlane');
    await page.getByRole('link', { name: 'My orders' }).press('Enter');
    await untilFocused(page, 'My orders');
  });

  test('sees when the order is drawn, and how many take part', async () => {
    const { id: drawn } = await seatlane.client.concert();
    const token = await seatlane.client.tokenFor('operator', 'admin');
    const body = { name: 'Drawn', concertIds: [drawn] };
    await seatlane.client.command('POST', '/queues', { token, body });
    const draw = { gathersAt: inHours(-1), opensAt: inHours(1) };
    await seatlane.client.command('POST', `/concerts/${drawn}/draw`, { token, body: draw });
    const page = await browser.visit(`/#/concerts/${drawn}`);
    await joinAs(page, 'nia');
    await page.getByRole('heading', { name: 'The order is drawn at' }).waitFor();
    const at = await page.evaluate<string>(
      `new Intl.DateTimeFormat(navigator.language, { hour: 'numeric', minute: '2-digit' }).format(new Date('${draw.opensAt}'))`,
    );
    await page.locator('.waiting-position', { hasText: at }).waitFor();
    await page.getByText('1 person takes part so far.').waitFor();
  });

  test('keeps the turn, and may join the other queue, when a concert gets a queue of its own', async () => {
    const moving = await concertOnSale();
    const page = await admittedPage('ruth', moving.concertId);
    await page.getByRole('link', { name: /seats free|of \d+ free/ }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await separate(moving.concertId);
    const statuses = statusesOf(page);
    await page.getByRole('button', { name: 'Hold the best seats' }).click();
    await page.getByRole('button', { name: 'Join the queue' }).waitFor();
    expect(await hasTurn(page, 'ruth')).toBe(true);
    expect(statuses.filter((status) => status === 403).length).toBeLessThan(5);
    await page.getByRole('button', { name: 'Join the queue' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
  });

  test('hears once that a date is of another queue than the concert of its link', async () => {
    const house = await concertOnSale();
    const other = await concertOnSale();
    await separate(other.concertId);
    const page = await admittedPage('sara', house.concertId);
    const statuses = statusesOf(page);
    await page.goto(`/#/concerts/${house.concertId}/dates/${other.scheduleId}`);
    await page.getByText('Another queue admits to these seats.').waitFor();
    await page.getByRole('link', { name: 'Other dates' }).click();
    await page.getByRole('heading', { name: 'Choose a date' }).waitFor();
    expect(statuses.filter((status) => status === 403)).toHaveLength(1);
    expect(await hasTurn(page, 'sara')).toBe(true);
  });

  test('sends no token of the queue before to a concert of another one', async () => {
    const house = await concertOnSale();
    const other = await concertOnSale();
    await separate(other.concertId);
    const page = await admittedPage('tess', house.concertId);
    const statuses = statusesOf(page);
    await page.goto(`/#/concerts/${other.concertId}/dates/${other.scheduleId}`);
    await page.getByRole('button', { name: 'Join the queue' }).waitFor();
    await page.getByRole('button', { name: 'Join the queue' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(statuses.filter((status) => status === 403)).toEqual([]);
    expect(await hasTurn(page, 'tess')).toBe(true);
  });

  test('hears why the seats of a concert are not shown, and sees it after a reload', async () => {
    const { concertId: concert, scheduleId } = await concertOnSale();
    const page = await browser.visit('about:blank');
    let isBroken = true;
    await page.route(`**/concerts/${concert}`, (route) => {
      const problem = { title: 'x', status: 404, detail: 'x', code: 'CONCERT_NOT_FOUND' };
      return isBroken ? route.fulfill({ status: 404, json: problem }) : route.continue();
    });
    await page.goto(`${seatlane.client.base}/#/concerts/${concert}/dates/${scheduleId}`);
    await page.getByText('This concert does not exist.').waitFor();
    expect(await page.getByText('Loading').count()).toBe(0);
    isBroken = false;
    await page.reload();
    await page.getByRole('heading', { name: 'The Winter Gala' }).waitFor();
  });
});
