/** The operators' page of halls in a real browser. Skipped where there is no Chromium. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { HallVersion } from '../../../src/client/api/catalogue/halls.ts';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';

const LOGIN = { httpCredentials: { username: 'admin', password: 'test-password' } };
const BROKEN = `section,row,from,to,category,kind
Stalls,A,1,10,Best,
Stalls,A,10,x,Best,
Stalls,B,1,2,Best,wheelchair`;

/** A CSV file as Excel saves it in Korea, in CP949: 구역,뷁 are its section and its row. */
const KOREAN_FILE = {
  name: 'hall.csv',
  mimeType: 'text/csv',
  buffer: Buffer.concat([
    Buffer.from('section,row,from,to,category,kind\n'),
    Buffer.from([0xb1, 0xb8, 0xbf, 0xaa, 0x2c, 0x94, 0xee]),
    Buffer.from(',1,10,Best,'),
  ]),
};

const seatOf = (number: number, y: number) => ({
  seat_guid: `seat-${number}`,
  seat_number: String(number),
  position: { x: 25 * number, y },
  category: number > 3 ? 'Sides' : 'Middle',
});
/** A file as pretix's editor saves it. */
const PRETIX = {
  name: 'Opera House',
  size: { width: 1000, height: 600 },
  categories: [
    { name: 'Middle', color: '#7F4A91' },
    { name: 'Sides', color: '#fa0' },
  ],
  zones: [
    {
      name: 'Ground floor',
      zone_id: 'ground',
      position: { x: 100, y: 50 },
      rows: ['A', 'B'].map((row, index) => ({
        row_number: row,
        position: { x: 0, y: 30 * index },
        seats: [1, 2, 3, 4, 5].map((number) => seatOf(number, number * number)),
      })),
    },
  ],
};

let seatlane: TestSeatlane;
let browser: TestBrowser;

async function open(address: string, heading: string, options = {}): Promise<Page> {
  const page = await browser.visit(address, { ...LOGIN, timezoneId: 'UTC', ...options });
  await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
  return page;
}

async function read(path: string) {
  const token = await seatlane.client.tokenFor('operator', 'admin');
  return (await seatlane.client.request('GET', path, { token })).body;
}

async function save(path: string, body: object) {
  const token = await seatlane.client.tokenFor('operator', 'admin');
  return (await seatlane.client.command('POST', path, { token, body })).body.result;
}

const chooseFile = (page: Page, file: unknown) =>
  page.getByLabel('Seating plan of pretix (JSON)').setInputFiles({
    name: 'opera.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(file)),
  });

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

  test('sees where a CSV is wrong, imports a plan of pretix, and sells its seats', async () => {
    const page = await open('/admin#/halls', 'Halls', { viewport: { width: 1280, height: 900 } });
    await page.getByText('No hall is saved yet.').waitFor();
    await page.getByRole('link', { name: 'New hall' }).click();
    await page.getByRole('heading', { name: 'New hall', level: 1 }).waitFor();
    await page.getByRole('radio', { name: 'CSV' }).check();
    const csv = page.getByLabel('CSV text');
    await page.getByLabel('Read a CSV file').setInputFiles(KOREAN_FILE);
    await waitFor('the text', async () => (await csv.inputValue()).includes('구역,뷁,1,10'));
    await csv.fill(BROKEN);
    await page.getByRole('button', { name: 'Check and show' }).click();
    const faults = page.getByRole('alert').filter({ hasText: '2 things to correct' });
    await faults.getByText('Line 3, column to “x” is not a whole number.').waitFor();
    await faults.getByText('Line 4, column kind “wheelchair” is no kind.').waitFor();
    expect(await page.locator(':focus').textContent()).toContain('2 things to correct');

    await page.getByRole('radio', { name: 'pretix file' }).check();
    await chooseFile(page, { ...PRETIX, zones: [{ ...PRETIX.zones[0], rows: 'none' }] });
    await page.getByRole('button', { name: 'Check and show' }).click();
    await page.getByText('/zones/0/rows This must be of the type array.').waitFor();
    await chooseFile(page, PRETIX);
    await page.getByRole('button', { name: 'Add an area' }).click();
    const area = page.getByRole('group', { name: 'Area 1' });
    await area.getByLabel('Name').fill('Floor');
    await area.getByLabel('Places').fill('200');
    await area.getByLabel('Category').fill('Standing');
    await page.getByRole('button', { name: 'Check and show' }).click();
    await page.getByRole('heading', { name: 'Preview' }).waitFor();
    await page.getByRole('row', { name: 'Sides 4 0' }).waitFor();
    await page.getByRole('row', { name: 'Standing 0 200' }).waitFor();
    await page.getByRole('application', { name: 'Plan of Opera House' }).press('ArrowRight');
    await page.getByText('Ground floor, Row A, Seat 2 · Middle').waitFor();
    expect((await read('/halls')).items).toEqual([]);
    expect(await page.getByLabel('Name of the hall').inputValue()).toBe('Opera House');
    await page.getByRole('button', { name: 'Save hall' }).click();
    await page.getByRole('heading', { name: 'Opera House', level: 1 }).waitFor();
    const [hall] = (await read('/halls')).items;
    expect(hall).toMatchObject({ name: 'Opera House', version: 1, seatCount: 10 });
    const { plan }: HallVersion = await read(`/halls/${hall.id}/versions/1`);
    expect(plan.sections[0]?.rows[1]).toMatchObject({ name: 'B', y: 30 });
    expect(plan.areas).toMatchObject([{ name: 'Floor', capacity: 200 }]);

    const { id: concertId } = await seatlane.client.concert('The long night');
    await page.goto(`/admin#/concerts/${concertId}`);
    await page.getByRole('heading', { name: 'The long night', level: 1 }).waitFor();
    await page.getByLabel('Starts').fill('2031-05-01T19:00');
    await page.getByLabel('Ends').fill('2031-05-01T21:00');
    await page.getByLabel('Sale opens').fill('2031-04-01T10:00');
    await page.getByLabel('Sale closes').fill('2031-05-01T18:00');
    await page.getByRole('radio', { name: 'Seats of a hall' }).check();
    await page
      .getByRole('combobox', { name: 'Hall' })
      .selectOption('Opera House, version 1, 10 seats');
    await page.getByLabel('Middle').fill('90000');
    await page.getByLabel('Sides').fill('60000');
    await page.getByLabel('Standing').fill('30000');
    await page.getByRole('button', { name: 'Put on sale' }).click();
    await page.getByText('210 seats', { exact: true }).waitFor();
    const [schedule] = (await read(`/concerts/${concertId}/schedules`)).items;
    expect(schedule).toMatchObject({ hall: { hallId: hall.id, version: 1 } });
    const { items: seats } = await read(`/concerts/schedules/${schedule.id}/seats`);
    expect(seats).toHaveLength(10);
    expect(seats[0]).toMatchObject({ row: 'A', number: 1, category: 0, price: 90_000 });
    expect(seats[9]).toMatchObject({ row: 'B', number: 5, category: 1, price: 60_000 });
  });

  test('changes a hall that somebody else changes too, and keeps accessible seats for a time', async () => {
    const plan = {
      categories: [{ name: 'Best' }],
      sections: [
        {
          name: 'Stalls',
          rows: [{ name: 'A', seats: [1, 2].map((number) => ({ number, category: 'Best' })) }],
        },
      ],
    };
    const { id } = await save('/halls', { name: 'The barn', plan });
    const page = await open(`/admin#/halls/${id}/edit`, 'Change The barn', {
      viewport: { width: 390, height: 800 },
    });
    const edit = async () => {
      await page.getByRole('group', { name: 'Line 1' }).getByLabel('Last seat').fill('1');
      await page.getByRole('button', { name: 'Add a line' }).click();
      const second = page.getByRole('group', { name: 'Line 2' });
      await second.getByLabel('Row').fill('A');
      await second.getByLabel('First seat').fill('2');
      await second.getByLabel('Last seat').fill('3');
      await second.getByLabel('Kind').selectOption('Wheelchair space');
      await page.getByRole('button', { name: 'Check and show' }).click();
      await page.getByRole('button', { name: 'Save as a new version' }).click();
    };
    await save(`/halls/${id}/versions`, { baseVersion: 1, plan });
    await edit();
    await page.getByText('Somebody else has saved version 2 of this hall meanwhile.').waitFor();
    await page.getByRole('button', { name: 'Load the newest version' }).click();
    await page.getByRole('group', { name: 'Line 2' }).waitFor({ state: 'hidden' });
    await edit();
    await page.getByRole('heading', { name: 'The barn', level: 1, exact: true }).waitFor();
    await page.getByText('Version 3, saved').waitFor();

    const { id: concertId } = await seatlane.client.concert('The short night');
    await page.goto(`/admin#/concerts/${concertId}`);
    await page.getByRole('heading', { name: 'The short night', level: 1 }).waitFor();
    await page.getByLabel('Starts').fill('2031-05-01T19:00');
    await page.getByLabel('Ends').fill('2031-05-01T21:00');
    await page.getByLabel('Sale opens').fill('2031-04-01T10:00');
    await page.getByLabel('Sale closes').fill('2031-05-01T18:00');
    await page.getByRole('radio', { name: 'Seats of a hall' }).check();
    await page.getByRole('combobox', { name: 'Hall' }).selectOption(String(id));
    await page.getByLabel('Best').fill('1000');
    await page.getByLabel('Wheelchair spaces are kept until').fill('2031-04-30T18:00');
    await page.getByRole('button', { name: 'Put on sale' }).click();
    await page.getByText('3 seats', { exact: true }).waitFor();
    const [schedule] = (await read(`/concerts/${concertId}/schedules`)).items;
    expect(schedule).toMatchObject({ accessibleUntil: '2031-04-30T18:00:00.000Z' });
    const { items: seats } = await read(`/concerts/schedules/${schedule.id}/seats`);
    expect(seats[0]).not.toHaveProperty('kind');
    expect(seats[2]).toMatchObject({ number: 3, category: 0, price: 1000, kind: 'accessible' });
  });
});
