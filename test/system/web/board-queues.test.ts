/** The operators' page of waiting queues in a real browser. Skipped where there is no Chromium. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';

const LOGIN = { httpCredentials: { username: 'admin', password: 'test-password' } };

let seatlane: TestSeatlane;
let browser: TestBrowser;

async function openQueues(options = {}): Promise<Page> {
  const page = await browser.visit('/admin#/queues', { ...LOGIN, ...options });
  await page.getByRole('heading', { name: 'Waiting queues', level: 1 }).waitFor();
  return page;
}

async function read(path: string) {
  const token = await seatlane.client.tokenFor('operator', 'admin');
  return (await seatlane.client.request('GET', path, { token })).body;
}

/** A time as the form takes it, on a device in UTC. */
const inMinutes = (minutes: number) =>
  new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19);

describe.skipIf(!CHROMIUM)('with Chromium, an operator', () => {
  beforeAll(async () => {
    seatlane = await startSeatlane();
    browser = await openBrowser(seatlane.client.base);
  });
  afterAll(async () => {
    await browser?.close();
    await seatlane?.stop();
  });
  afterEach(() => browser.expectNoComplaints());

  test('creates a queue for a concert, sees what its rate means, and pauses it after a question', async () => {
    const { id: concertId } = await seatlane.client.concert('The long night');
    const page = await openQueues();
    await page.getByLabel('Name').fill('The night');
    await page.getByLabel('Admissions per window').fill('100');
    await page.getByText('Empty fields take the configured values.').waitFor();
    await page.getByLabel('Window in seconds').fill('10');
    await page.getByText('At most 36,000 people an hour.').waitFor();
    await page.getByRole('button', { name: 'Create queue' }).click();
    await page.getByText('Choose at least one concert.').waitFor();
    await page.getByRole('checkbox', { name: 'The long night' }).check();
    await page.getByRole('button', { name: 'Create queue' }).click();
    await page.getByRole('heading', { name: 'The night', level: 1 }).waitFor();
    const queueId = Number(new URL(page.url()).hash.split('/').at(-1));
    expect(await read(`/queues/${queueId}`)).toMatchObject({
      name: 'The night',
      concertIds: [concertId],
      admitLimit: 100,
      admitWindowSeconds: 10,
    });

    await page.getByRole('button', { name: 'Pause admission' }).click();
    const question = page.getByRole('dialog', { name: 'Pause admission of “The night”?' });
    await question.getByRole('button', { name: 'Keep' }).click();
    await question.waitFor({ state: 'hidden' });
    expect(await read(`/queues/${queueId}`)).toMatchObject({ state: 'open' });
    expect(await page.locator(':focus').textContent()).toContain('Pause admission');
    await page.keyboard.press('Enter');
    await question.getByRole('button', { name: 'Pause now' }).click();
    await page.getByText('Admission was changed.').waitFor();
    expect(await read(`/queues/${queueId}`)).toMatchObject({ state: 'paused' });
    await page.getByRole('button', { name: 'Resume admission' }).waitFor();
  });

  test('announces a draw, moves it and cancels it', async () => {
    const { id: concertId } = await seatlane.client.concert('The drawn night');
    const { client } = seatlane;
    const token = await client.tokenFor('operator', 'admin');
    const { body } = await client.command('POST', '/queues', {
      token,
      body: { name: 'The draw', concertIds: [concertId] },
    });
    const page = await openQueues({ timezoneId: 'UTC', viewport: { width: 1280, height: 800 } });
    await page.getByRole('link', { name: 'The draw' }).click();
    await page.getByText('No draw is announced.').waitFor();
    await page.getByText('Times are those of your device (UTC).').waitFor();
    await page.getByLabel('Gathers from').fill(inMinutes(60));
    const opensAt = inMinutes(120);
    await page.getByLabel('Drawn and opened at').fill(opensAt);
    await page.getByRole('button', { name: 'Announce draw' }).click();
    await page.getByText('Announced', { exact: true }).waitFor();
    expect(await read(`/concerts/${concertId}/draw`)).toMatchObject({
      queueId: body.result.id,
      opensAt: `${opensAt}.000Z`,
    });

    const moved = inMinutes(180);
    await page.getByLabel('Drawn and opened at').fill(moved);
    await page.getByRole('button', { name: 'Move draw' }).click();
    await page.getByText('The draw was moved.').waitFor();
    expect(await read(`/concerts/${concertId}/draw`)).toMatchObject({ opensAt: `${moved}.000Z` });

    await page.getByRole('button', { name: 'Cancel draw' }).click();
    const question = page.getByRole('dialog', { name: 'Cancel the draw for “The drawn night”?' });
    await question.getByRole('button', { name: 'Cancel draw' }).click();
    await page.getByText('The draw was cancelled.').waitFor();
    await page.getByRole('button', { name: 'Announce draw' }).waitFor();
  });

  test('announces a draw of a concert beside that of another concert of the queue', async () => {
    const { client } = seatlane;
    const { id: firstId } = await client.concert('The first night');
    const { id: secondId } = await client.concert('The second night');
    const token = await client.tokenFor('operator', 'admin');
    const body = { name: 'Two nights', concertIds: [firstId, secondId] };
    await client.command('POST', '/queues', { token, body });
    const first = { gathersAt: `${inMinutes(60)}.000Z`, opensAt: `${inMinutes(120)}.000Z` };
    await client.command('POST', `/concerts/${firstId}/draw`, { token, body: first });
    const page = await openQueues({ timezoneId: 'UTC', viewport: { width: 1280, height: 800 } });
    await page.getByRole('link', { name: 'Two nights' }).click();
    await page.getByText('This queue has a draw of another concert: “The first night”.').waitFor();
    expect(await page.getByRole('button', { name: 'Cancel draw' }).count()).toBe(0);
    await page.getByLabel('Gathers from').fill(inMinutes(130));
    await page.getByLabel('Drawn and opened at').fill(inMinutes(180));
    await page.getByRole('button', { name: 'Announce draw' }).click();
    await page.getByRole('button', { name: 'Move draw' }).waitFor();
    expect(await read(`/concerts/${secondId}/draw`)).toMatchObject({ concertId: secondId });
    expect(await read(`/concerts/${firstId}/draw`)).toMatchObject(first);
  });
});
