/** The dates of a concert in a real browser: many of them, and a sale that opens while the buyer looks. Skipped where there is no Chromium. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openBrowser, type TestBrowser } from '../support/browser.ts';
import { inHours } from '../support/http/client.ts';
import { startSeatlane, type TestSeatlane } from '../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let browser: TestBrowser;

describe.skipIf(!CHROMIUM)('with Chromium, a buyer', () => {
  beforeAll(async () => {
    seatlane = await startSeatlane();
    browser = await openBrowser(seatlane.client.base);
  });
  afterAll(async () => {
    await browser?.close();
    await seatlane?.stop();
  });
  afterEach(() => browser.expectNoComplaints());

  test('who is admitted before the sale opens sees the countdown, and the date when it opens', async () => {
    const { id, concertId } = await seatlane.client.schedule({ bookingStartAt: inHours(1) });
    const page = await browser.visit(`/#/concerts/${concertId}`);
    await page.getByLabel('Your name').fill('ada');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Join the queue' }).click();
    await page.getByRole('heading', { name: 'Choose a date' }).waitFor();
    await page.locator('.countdown').waitFor();
    await page.getByText('No date can be booked').waitFor();
    await seatlane.rows(
      `update schedule set booking_start_at = now() + interval '5 seconds' where id = ${id}`,
    );
    await page.reload();
    await page.getByRole('link', { name: '10 of 10 free' }).waitFor();
    await page.locator('.countdown').waitFor({ state: 'detached' });
  });

  test('of a concert with more than a hundred dates sees those to come, and further ones with a button', async () => {
    const { id, concertId } = await seatlane.client.schedule();
    const copy = (days: string) =>
      seatlane.rows(`insert into schedule
          (concert_id, booking_start_at, booking_end_at, start_at, end_at, seat_count)
        select concert_id, booking_start_at + ${days}, booking_end_at + ${days}, start_at + ${days}, end_at + ${days}, 0
        from schedule, generate_series(1, 120) as n where id = ${id}`);
    await copy(`-n * interval '1 day' - interval '40 days'`);
    await copy(`n * interval '1 day'`);
    const page = await browser.visit(`/#/concerts/${concertId}`);
    await page.getByRole('heading', { name: 'Sign in to book' }).waitFor();
    const dates = page.locator('li.card');
    expect(await dates.count()).toBe(100);
    expect(await page.getByText('The sale has ended').count()).toBe(0);
    await page.getByRole('button', { name: 'Show later dates' }).click();
    await dates.nth(120).waitFor();
    expect(await dates.count()).toBe(121);
  });
});
