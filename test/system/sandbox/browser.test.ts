/** The payment page in a real browser. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { AMOUNT, startTestSandbox, type TestSandbox } from '../../support/sandbox/sandbox.ts';

describe.skipIf(!CHROMIUM)('in Chromium', () => {
  let sandbox: TestSandbox;
  let browser: TestBrowser;
  let returnUrl: string;
  const shop = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(`<h1>Back at ${request.url}</h1>`);
  });

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    browser = await openBrowser(sandbox.client.url);
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    returnUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/thanks`;
  });
  afterAll(async () => {
    await browser?.close();
    shop.closeAllConnections();
    shop.close();
    await sandbox.stop();
  });

  test('a buyer pays with 3-D Secure and is led back to the shop', async () => {
    const { ref, redirectUrl } = await sandbox.client.open({ returnUrl });
    const page = await browser.visit(new URL(redirectUrl).pathname);
    await page.getByText('₩12,000').waitFor();
    await page.getByRole('button', { name: 'Pay with 3-D Secure' }).click();
    await page.getByRole('button', { name: 'Confirm the payment' }).click();
    await page.getByRole('heading', { name: 'Back at /thanks?checkoutId=7' }).waitFor();
    expect(await sandbox.client.find(ref)).toMatchObject({ state: 'paid', captured: AMOUNT });
    browser.expectNoComplaints();
  });

  test('the page fits a narrow phone', async () => {
    const { redirectUrl } = await sandbox.client.open({ what: 'A very long name '.repeat(10) });
    const viewport = { width: 320, height: 640 };
    const page = await browser.visit(new URL(redirectUrl).pathname, { viewport });
    await page.getByRole('button', { name: 'Decline the card' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    await page.screenshot({ path: 'out/sandbox-page.png' });
  });
});
