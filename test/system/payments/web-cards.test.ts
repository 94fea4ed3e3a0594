/** Paying by card on the page, in a real browser. Skipped where there is no Chromium. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { BOOKINGS } from '../../support/orders.ts';
import { type SandboxedSeatlane, startWithSandbox } from '../../support/sandbox/with-sandbox.ts';

const PHONE = { viewport: { width: 360, height: 720 }, hasTouch: true, isMobile: true };

describe.skipIf(!CHROMIUM)('with Chromium, a buyer', () => {
  let sandboxed: SandboxedSeatlane;
  let browser: TestBrowser;
  beforeAll(async () => {
    sandboxed = await startWithSandbox({ OPEN_CHARGING: 'false' });
    browser = await openBrowser(sandboxed.seatlane.client.base);
  });
  afterAll(async () => {
    await browser?.close();
    await sandboxed.stop();
  });
  afterEach(() => browser.expectNoComplaints());

  async function holdTwoSeats(name: string): Promise<Page> {
    const { concertId } = await sandboxed.seatlane.client.schedule();
    const page = await browser.visit(`/#/concerts/${concertId}`, PHONE);
    await page.getByLabel('Your name').fill(name);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Join the queue' }).click();
    await page.getByRole('link', { name: '10 of 10 free' }).click();
    await page.getByRole('button', { name: 'Hold the best seats' }).click();
    await page.getByRole('button', { name: 'Pay ₩200 by card' }).waitFor();
    return page;
  }
  const pay = (page: Page) => page.getByRole('button', { name: 'Pay ₩200 by card' }).click();
  const press = (page: Page, name: string) =>
    page.getByRole('button', { name, exact: true }).click();
  const statesOf = async (name: string) => {
    const rows = await sandboxed.seatlane.rows<{ state: string }>(
      `select state from ${BOOKINGS} join app_user on app_user.id = user_id where subject = '${name}'`,
    );
    return rows.map(({ state }) => state);
  };

  test('pays an order by card and is led to the tickets', async () => {
    const page = await holdTwoSeats('ada');
    expect(await page.getByRole('button', { name: 'Add points' }).count()).toBe(0);
    await pay(page);
    await press(page, 'Pay');
    await page.getByText('Paid. Enjoy the concert!').waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    expect(await statesOf('ada')).toEqual(['paid', 'paid']);
    await page.getByRole('link', { name: 'Show tickets' }).click();
    await page
      .getByRole('img', { name: /^QR code of the ticket/ })
      .first()
      .waitFor();
  });

  test('returns without paying, goes back to the same page, and pays with 3-D Secure', async () => {
    const page = await holdTwoSeats('bea');
    await pay(page);
    await page.getByRole('button', { name: 'Decline the card' }).waitFor();
    const address = page.url();
    await page.goBack();
    await pay(page);
    await page.waitForURL(address);
    await press(page, 'Pay with 3-D Secure');
    await press(page, 'Confirm the payment');
    await page.getByText('Paid. Enjoy the concert!').waitFor();
    expect(await statesOf('bea')).toEqual(['paid', 'paid']);
  });

  test('is told that a card was declined, and still holds the seats', async () => {
    const page = await holdTwoSeats('cleo');
    await pay(page);
    await press(page, 'Decline the card');
    await page.getByText('The payment failed. Nothing was charged.').waitFor();
    expect(await statesOf('cleo')).toEqual(['held', 'held']);
    await page.getByRole('link', { name: 'Show the order' }).click();
    await page.getByRole('link', { name: 'Pay now' }).click();
    await page.getByRole('button', { name: 'Pay ₩200 by card' }).waitFor();
  });

  test('buys points by card', async () => {
    const page = await holdTwoSeats('dora');
    await page.getByRole('link', { name: 'My orders' }).click();
    await page.getByText('Add points').click();
    await page.getByLabel('Points to add').fill('500');
    await press(page, 'Buy points by card');
    await press(page, 'Pay');
    await page.getByText('It is in your balance as points.').waitFor();
    await page.getByRole('link', { name: 'My orders' }).first().click();
    await page.getByText('500 points', { exact: true }).waitFor();
  });
});
