/** The operators' board in a real browser. Skipped where there is no Chromium. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { addFailedRefund } from '../../support/money/failed-refund.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';

const LOGIN = { httpCredentials: { username: 'admin', password: 'test-password' } };
const WIDE = { ...LOGIN, viewport: { width: 1200, height: 900 } };

let seatlane: TestSeatlane;
let browser: TestBrowser;

const admission = async () => {
  const token = await seatlane.client.tokenFor('operator', 'admin');
  return (await seatlane.client.request('GET', '/admin/admission', { token })).body;
};

/** A waiting queue for one concert. @returns the path of its routes, and the operator's token */
async function createQueue(name: string): Promise<{ path: string; token: string }> {
  const { client } = seatlane;
  const token = await client.tokenFor('operator', 'admin');
  const { id: concertId } = await client.concert('A concert with a queue');
  const { body: created } = await client.command('POST', '/queues', {
    token,
    body: { name, concertIds: [concertId], admitLimit: 5, maxActive: 50 },
  });
  return { path: `/queues/${created.result.id}`, token };
}

async function openBoard(): Promise<Page> {
  const page = await browser.visit('/admin', WIDE);
  await page.getByRole('heading', { name: 'Admission', exact: true }).waitFor();
  return page;
}

/** The panel of a figure. */
const figure = (page: Page, label: string) =>
  page.locator('.figure', { has: page.getByRole('heading', { name: label, exact: true }) });

describe.skipIf(!CHROMIUM)('with Chromium, an operator', () => {
  beforeAll(async () => {
    seatlane = await startSeatlane({ settings: { ADMIT_WINDOW_SECONDS: '1' } });
    browser = await openBrowser(seatlane.client.base);
  });
  afterAll(async () => {
    await browser?.close();
    await seatlane?.stop();
  });
  afterEach(() => browser.expectNoComplaints());

  test('changes the rate, and resets it to the default', async () => {
    const page = await openBoard();
    await page.getByLabel('Admissions per window').fill('7');
    await page.getByLabel('Maximum active users').fill('70');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Admission was changed.').waitFor();
    await page.getByText('of at most 70').waitFor();
    await page.getByText('of 7', { exact: true }).waitFor();
    expect(await admission()).toMatchObject({ admitLimit: 7, maxActive: 70 });
    await page.getByRole('button', { name: 'Reset to default' }).click();
    await page.getByText('of at most 100,000').waitFor();
    expect(await page.getByLabel('Admissions per window').inputValue()).toBe('100000');
  });

  test('sees what others change after a save, and does not overwrite it', async () => {
    const token = await seatlane.client.tokenFor('operator', 'admin');
    const setLimit = (admitLimit: number) =>
      seatlane.client.command('POST', '/admin/admission', { token, body: { admitLimit } });
    const page = await openBoard();
    const limit = page.getByLabel('Admissions per window');
    const untilLimit = (value: string) =>
      waitFor(`the field to show ${value}`, async () => (await limit.inputValue()) === value);
    await limit.fill('7');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('of 7', { exact: true }).waitFor();
    await setLimit(9);
    await untilLimit('9');
    await page.getByText('At most 32,400 people an hour.').waitFor();

    await page.getByLabel('Maximum active users').fill('70');
    await setLimit(11);
    await untilLimit('11');
    expect(await page.getByLabel('Maximum active users').inputValue()).toBe('70');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('of at most 70').waitFor();
    expect(await admission()).toMatchObject({ admitLimit: 11, maxActive: 70 });
    await page.getByRole('button', { name: 'Reset to default' }).click();
    await page.getByText('of at most 100,000').waitFor();
  });

  test('keeps what is typed while the access token is renewed, and after it has expired', async () => {
    const page = await browser.visit('about:blank', WIDE);
    let sessions = 0;
    await page.route('**/admin/session', async (route) => {
      sessions += 1;
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), expiresIn: 3 } });
    });
    await page.goto('/admin#/concerts');
    await page.getByLabel('Title').fill('Half a title');
    await waitFor('the token to be renewed', () => sessions >= 2);
    const expired = { title: 'x', status: 401, detail: 'x', code: 'TOKEN_EXPIRED' };
    await page.route(
      '**/queues/1/admission',
      (route) => route.fulfill({ status: 401, json: expired }),
      {
        times: 1,
      },
    );
    await page.waitForResponse((response) => response.status() === 401);
    await page.waitForResponse('**/admin/session');
    await page.waitForResponse('**/queues/1/admission');
    expect(await page.getByLabel('Title').inputValue()).toBe('Half a title');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  test('sees the owner of a lane in Bull Board, which loads nothing from elsewhere', async () => {
    const path = '/admin/queues/api/queues/user-0/workers';
    const { username, password } = LOGIN.httpCredentials;
    const login = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const owner = await waitFor('the API process knows the owner', async () => {
      const headers = { Authorization: login };
      return (await seatlane.client.request('GET', path, { headers })).body.workers[0]?.name;
    });
    const page = await browser.visit('/admin/queues/queue/user-0', WIDE);
    await page.getByRole('button', { name: 'Queue info' }).click();
    await page.getByText('Connected workers').click();
    await page.getByText(String(owner)).waitFor();
  });

  test('pauses admission, sees the waiting users, and resumes admission', async () => {
    const page = await openBoard();
    await page.getByRole('button', { name: 'Pause admission' }).click();
    await page.getByRole('button', { name: 'Pause now' }).click();
    await page.getByText('Admission paused').waitFor();
    for (const name of ['ada', 'grace', 'lin']) {
      const token = await seatlane.client.tokenFor(name);
      await seatlane.client.command('POST', '/users/queue', { token });
    }
    await figure(page, 'Waiting').getByText('3', { exact: true }).waitFor();
    await page.getByRole('row', { name: /^enter-queue/ }).waitFor();
    await page.getByRole('button', { name: 'Resume admission' }).click();
    await figure(page, 'Waiting').getByText('0', { exact: true }).waitFor();
    await page.getByText('Admission open').waitFor();
    await waitFor('all to be inside', async () => (await admission()).active === 3);
    await figure(page, 'Active').getByText(/^3 of/).waitFor();
  });

  test('sees seats change to held and sold', async () => {
    const { seats } = await seatlane.client.schedule();
    const page = await openBoard();
    const held = page.locator('.bar-legend span', { hasText: 'Held' }).first();
    await held.getByText('0', { exact: true }).waitFor();
    const ada = await seatlane.client.admitted('ada of the seats');
    await seatlane.client.command('POST', `/concerts/seats/${seats[0]?.id}/book`, ada);
    await held.getByText('1', { exact: true }).waitFor();
  });

  test('chooses one of several queues, and sees and changes this one alone', async () => {
    const { client } = seatlane;
    const { token, path } = await createQueue('The night');
    await client.command('POST', `${path}/admission`, { token, body: { isPaused: true } });
    for (const name of ['ada', 'grace']) {
      await client.command('POST', `${path}/entry`, { token: await client.tokenFor(name) });
    }

    const page = await openBoard();
    const row = page.getByRole('row', { name: /The night/ });
    await row.getByText('Paused', { exact: true }).waitFor();
    await row.getByText('0 / 50').waitFor();
    await row.getByText('5 / 1 s').waitFor();
    const house = page.getByRole('button', { name: 'The house queue' });
    expect(await house.getAttribute('aria-pressed')).toBe('true');
    await page.getByText('Admission open').waitFor();

    await page.getByRole('button', { name: 'The night' }).click();
    await page.getByRole('heading', { name: 'The night' }).waitFor();
    await page.getByText('Admission paused').waitFor();
    await figure(page, 'Waiting').getByText('2', { exact: true }).waitFor();
    await figure(page, 'Active').getByText('of at most 50').waitFor();
    await page.getByLabel('Maximum active users').fill('60');
    await page.getByRole('button', { name: 'Save' }).click();
    await row.getByText('0 / 60').waitFor();
    await page.getByRole('button', { name: 'Resume admission' }).click();
    await figure(page, 'Active').getByText(/^2 of/).waitFor();
    expect(await admission()).toMatchObject({ queueId: 1, isPaused: false, maxActive: 100_000 });

    await page.reload();
    await figure(page, 'Active').getByText('of at most 60').waitFor();
    await house.click();
    await figure(page, 'Active').getByText('of at most 100,000').waitFor();
    expect(await page.getByLabel('Maximum active users').inputValue()).toBe('100000');
  });

  test('sees the queue as chosen whose admission is shown, also while another one cannot be read', async () => {
    const { path } = await createQueue('The evening');
    const page = await openBoard();
    const [house, evening] = ['The house queue', 'The evening'].map((name) =>
      page.getByRole('button', { name, pressed: true }),
    );
    await house?.waitFor();
    const address = `**${path}/admission`;
    await page.route(address, (route) => route.fulfill({ status: 503 }));
    const answered = page.waitForResponse(address);
    await page.getByRole('button', { name: 'The evening' }).click();
    await answered;
    await page.getByText('No response').waitFor();
    expect([await house?.count(), await evening?.count()]).toEqual([1, 0]);
    await page.getByRole('heading', { name: 'The house queue' }).waitFor();

    await page.unroute(address);
    await evening?.waitFor();
    await page.getByRole('heading', { name: 'The evening' }).waitFor();
    await house?.waitFor({ state: 'detached' });
  });

  test('has a provider asked again for a failed refund, and gives points for another one', async () => {
    const { client, rows } = seatlane;
    const { id: scheduleId, seats } = await client.schedule();
    const buyer = await client.admitted('ada of the cards');
    for (const [index, amount] of [700, 300].entries()) {
      const body = { scheduleId, seatIds: [seats[index]?.id] };
      const { body: placed } = await client.command('POST', '/orders', { ...buyer, body });
      await addFailedRefund(rows, { orderId: placed.result.id, amount });
    }
    const page = await openBoard();
    const listed = (amount: string) => page.locator('.board-refunds li', { hasText: amount });
    await listed('700 KRW').getByText('CARD_CLOSED').waitFor();
    await listed('700 KRW').getByRole('button', { name: 'Retry' }).click();
    await page.getByText('The provider is asked again.').waitFor();
    await listed('700 KRW').waitFor({ state: 'detached' });

    await listed('300 KRW').getByText('End without the provider').click();
    await listed('300 KRW').getByLabel('Reason').fill('The card is closed');
    await listed('300 KRW').getByRole('button', { name: 'Give points' }).click();
    await page.getByText('The refund was ended.').waitFor();
    await page.locator('.board-refunds').waitFor({ state: 'detached' });
    const { body } = await client.request('GET', '/points', buyer);
    expect(body.balance).toBe(300);
    const states = await rows<{ state: string }>('select state from card_refund order by id');
    expect(states.map(({ state }) => state)).toEqual(['pending', 'credited']);
  });

  test('reads the board in Korean', async () => {
    const page = await browser.visit('/admin', { ...LOGIN, locale: 'ko-KR' });
    await page.getByRole('heading', { name: '입장 조절' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('ko');
  });

  test('is not signed in as a buyer in the same tab', async () => {
    const page = await openBoard();
    const { id } = await seatlane.client.concert();
    await page.goto(`/#/concerts/${id}`);
    await page.getByRole('heading', { name: 'Sign in to book' }).waitFor();
  });
});
