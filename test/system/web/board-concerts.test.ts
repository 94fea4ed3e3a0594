/** The operators' page of concerts in a real browser. Skipped where there is no Chromium. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { drawDemoPicture } from '../../../scripts/steps/demo-picture.ts';
import type { Schedule } from '../../../src/commands/schemas/resources.ts';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';

const LOGIN = { httpCredentials: { username: 'admin', password: 'test-password' } };

/** What the page says of a request that is not valid. */
const REFUSED = 'A field is not filled in correctly.';

let seatlane: TestSeatlane;
let browser: TestBrowser;

async function openConcerts(options = {}): Promise<Page> {
  const page = await browser.visit('/admin#/concerts', { ...LOGIN, timezoneId: 'UTC', ...options });
  await page.getByRole('heading', { name: 'Concerts', level: 1 }).waitFor();
  return page;
}

/** The states of the performances of a concert. */
const statesOf = async (concertId: number) =>
  (await read(`/concerts/${concertId}/schedules`)).items.map(({ state }: Schedule) => state);

const read = async (path: string) => (await seatlane.client.request('GET', path)).body;

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

  test('creates a concert, and puts a performance with rows and an area on sale', async () => {
    const page = await openConcerts();
    await page.getByLabel('Title').fill('The long night');
    await page.getByLabel('Description').fill('Until dawn.');
    await page.getByRole('button', { name: 'Create concert' }).click();
    await page.getByRole('heading', { name: 'The long night', level: 1 }).waitFor();
    const concertId = Number(new URL(page.url()).hash.split('/').at(-1));
    expect(await read(`/concerts/${concertId}`)).toMatchObject({ description: 'Until dawn.' });
    await page.getByText('No performance is on sale yet.').waitFor();

    await page.getByLabel('Starts').fill('2031-05-01T19:00');
    await page.getByLabel('Ends').fill('2031-05-01T21:00');
    await page.getByLabel('Sale opens').fill('2031-04-01T10:00');
    await page.getByLabel('Sale closes').fill('2031-05-01T18:00');
    const first = page.getByRole('group', { name: 'Row 1' });
    await first.getByLabel('Section').fill('Stalls');
    await first.getByLabel('Last seat').fill('10');
    await page.getByRole('button', { name: 'Add a row' }).click();
    await page.getByRole('button', { name: 'Add a row' }).click();
    expect(
      await page
        .getByRole('group', { name: 'Row 3' })
        .getByRole('textbox', { name: 'Row' })
        .inputValue(),
    ).toBe('3');
    await page.getByRole('button', { name: 'Remove row 3' }).click();
    expect(await page.locator(':focus').textContent()).toContain('Add a row');
    await page.getByRole('button', { name: 'Add an area' }).click();
    const area = page.getByRole('group', { name: 'Area 1' });
    await area.getByLabel('Name').fill('Floor');
    await area.getByLabel('Places').fill('300');
    await page.getByText('320 places in all.').waitFor();
    await page.getByRole('button', { name: 'Put on sale' }).click();
    await page.getByText('The performance is created.').waitFor();
    await page.getByText('320 seats').waitFor();
    // The second press of a double click finds an empty form.
    expect(await page.getByLabel('Starts').last().inputValue()).toBe('');
    await page.getByText('20 places in all.').waitFor();
    expect(await area.count()).toBe(0);
    const { items } = await read(`/concerts/${concertId}/schedules`);
    expect(items).toMatchObject([
      {
        startAt: '2031-05-01T19:00:00.000Z',
        bookingStartAt: '2031-04-01T10:00:00.000Z',
        seatCount: 320,
      },
    ]);

    // Once the place has a time zone, the performance is named by its time there, while fields stay in that of the device.
    await page.getByLabel('Time zone of the place').fill('Asia/Seoul');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('2 May 2031, 4:00 KST', { exact: true }).waitFor();
    await page.getByText('Change times').click();
    await page.getByText('Times are those of your device (UTC). Once the sale').waitFor();
  });

  test('edits a concert, gives it a picture, closes and reopens its sale', async () => {
    const { id } = await seatlane.client.concert('The old name');
    const page = await openConcerts();
    await page.getByRole('link', { name: 'The old name' }).click();
    const edit = page.locator('section', { has: page.getByRole('heading', { name: 'Edit' }) });
    await edit.getByLabel('Title').fill('The new name');
    await edit.getByLabel('Place', { exact: true }).fill('Hall 2');
    await edit.getByLabel('Time zone of the place').fill('Asia/Seoul');
    await edit.getByRole('button', { name: 'Save changes' }).click();
    await page.getByRole('heading', { name: 'The new name', level: 1 }).waitFor();
    const changed = { title: 'The new name', venue: 'Hall 2', timeZone: 'Asia/Seoul' };
    expect(await read(`/concerts/${id}`)).toMatchObject(changed);

    const files = { name: 'stage.png', mimeType: 'image/png', buffer: drawDemoPicture() };
    await edit.getByLabel('Picture', { exact: true }).setInputFiles(files);
    const picture = page.getByRole('img', { name: 'Picture of The new name' });
    await picture.waitFor();
    const { image } = await read(`/concerts/${id}`);
    expect(await picture.getAttribute('src')).toBe(image);
    await edit
      .getByLabel('Picture', { exact: true })
      .setInputFiles({ ...files, buffer: Buffer.from('no picture') });
    await page.getByText('This file cannot be read as a picture.').waitFor();

    await edit.getByRole('button', { name: 'Close the sale' }).click();
    const question = page.getByRole('dialog', { name: 'Close the sale of “The new name”?' });
    await question.getByLabel('Reason').fill('Sold elsewhere');
    await question.getByRole('button', { name: 'Close now' }).click();
    await page.getByText('The sale of this concert is closed.').waitFor();
    expect(await read(`/concerts/${id}`)).toMatchObject({ state: 'closed' });
    await edit.getByRole('button', { name: 'Reopen the sale' }).click();
    await page.getByText('The sale is open again.').waitFor();
    expect(await read(`/concerts/${id}`)).toMatchObject({ state: 'open' });
  });

  test('moves the end of a sale, and is told what cannot move any more', async () => {
    const { concertId } = await seatlane.client.schedule();
    const page = await openConcerts();
    await page.goto(`/admin#/concerts/${concertId}`);
    await page.getByText('Change times').click();
    const times = page.locator('details');
    const [{ bookingEndAt, startAt }] = (await read(`/concerts/${concertId}/schedules`)).items;
    const [later] = [startAt.slice(0, 19)];
    await times.getByLabel('Sale closes').fill(later);
    await times.getByRole('button', { name: 'Save times' }).click();
    await page.getByText('The times were changed.').waitFor();
    const [moved] = (await read(`/concerts/${concertId}/schedules`)).items;
    expect(moved).toMatchObject({ startAt, bookingEndAt: `${later}.000Z` });
    expect(Date.parse(moved.bookingEndAt)).toBeGreaterThan(Date.parse(bookingEndAt));
    await page.getByText('Change times').click();
    await times.getByLabel('Starts').fill('2035-01-01T10:00:00');
    await times.getByRole('button', { name: 'Save times' }).click();
    await page.getByText('only its end can be moved').waitFor();
  });

  test('closes and reopens the sale of one performance, which buyers see', async () => {
    const { concertId } = await seatlane.client.schedule();
    const page = await openConcerts();
    await page.goto(`/admin#/concerts/${concertId}`);
    const dates = page.locator('section', {
      has: page.getByRole('heading', { name: 'Performances' }),
    });
    await dates.getByText('On sale').waitFor();
    await dates.getByRole('button', { name: 'Close the sale' }).click();
    const question = page.getByRole('dialog', { name: 'Close the sale of “' });
    await question.getByLabel('Reason').fill('Sold elsewhere');
    await question.getByRole('button', { name: 'Close now' }).click();
    await dates.getByText('Closed by operators').waitFor();
    expect(await statesOf(concertId)).toEqual(['closed']);
    expect(await read(`/concerts/${concertId}`)).toMatchObject({ state: 'open' });
    const buyer = await browser.visit(`/#/concerts/${concertId}`);
    await buyer.getByText('No more tickets are sold.').waitFor();
    await buyer.getByText('No date can be booked at the moment.').waitFor();
    await dates.getByRole('button', { name: 'Reopen the sale' }).click();
    await dates.getByText('On sale').waitFor();
    expect(await statesOf(concertId)).toEqual(['scheduled']);
  });

  test('is told why a performance cannot be created', async () => {
    const { id } = await seatlane.client.concert('The short night');
    const page = await openConcerts({ viewport: { width: 1280, height: 800 } });
    await page.getByRole('link', { name: 'The short night' }).click();
    await page.getByLabel('Starts').fill('2031-05-01T19:00');
    await page.getByLabel('Ends').fill('2031-05-01T18:00');
    await page.getByLabel('Sale opens').fill('2031-04-01T10:00');
    await page.getByLabel('Sale closes').fill('2031-05-01T17:00');
    await page.getByRole('button', { name: 'Put on sale' }).click();
    await page.getByText(REFUSED).waitFor();
    await page.getByRole('button', { name: 'Remove row 1' }).click();
    await page.getByRole('button', { name: 'Put on sale' }).click();
    await page.getByText('Add a row of seats or an area.').waitFor();
    expect((await read(`/concerts/${id}/schedules`)).items).toEqual([]);
  });
});
