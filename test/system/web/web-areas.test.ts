/** The areas of a date on the page, in a real browser: by the stream, and without it. Skipped where there is no Chromium. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import type { AdmittedUser } from '../../support/http/client.ts';
import { type BreakingProxy, startBreakingProxy } from '../../support/network/breaking-proxy.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { goToSeats } from '../../support/web/buyer.ts';

const AREAS = [{ name: 'Standing', capacity: 5, price: 50 }];
const WIDE = { viewport: { width: 1200, height: 800 } };

let seatlane: TestSeatlane;
let proxy: BreakingProxy;
let browser: TestBrowser;
let other: AdmittedUser;

/** Opens the seats of a date with an area as a new user, whose connections go through the proxy. */
async function openSeats(name: string): Promise<{ page: Page; id: number }> {
  const { concertId, id } = await seatlane.client.schedule({ areas: AREAS });
  const page = await browser.visit(`/#/concerts/${concertId}`, WIDE);
  await goToSeats(page, name);
  await page.getByText('5 of 5 free').waitFor();
  return { page, id };
}

/** Another user holds places of the area. @returns the id of the order */
async function hold(scheduleId: number, quantity: number): Promise<number> {
  const path = `/concerts/schedules/${scheduleId}/areas`;
  const { body: list } = await seatlane.client.request('GET', path, other);
  const areas = [{ areaId: list.items[0].id, quantity }];
  const { body } = await seatlane.client.command('POST', '/orders', {
    ...other,
    body: { scheduleId, areas },
  });
  return body.result.id;
}

describe.skipIf(!CHROMIUM)('with Chromium, a buyer', () => {
  beforeAll(async () => {
    seatlane = await startSeatlane({ settings: { MAX_SEATS_PER_USER: '100' } });
    proxy = await startBreakingProxy(seatlane.client.base);
    browser = await openBrowser(proxy.base);
    other = await seatlane.client.admitted('another buyer of places');
  });
  afterAll(async () => {
    await browser?.close();
    await proxy?.stop();
    await seatlane?.stop();
  });
  afterEach(() => browser.expectNoComplaints());

  test('sees the places of an area change by the stream, without reading them again', async () => {
    const { page, id } = await openSeats('nell');
    const reads: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/areas')) reads.push(request.url());
    });
    await hold(id, 3);
    await page.getByText('2 of 5 free').waitFor();
    await hold(id, 2);
    await page.getByLabel('Number of places').waitFor({ state: 'detached' });
    expect(reads).toEqual([]);
  });

  test('sees the places by polls while the stream is broken, and by the stream when it is back', async () => {
    const { page, id } = await openSeats('nora');
    await page.route('**/events*', (route) => route.abort());
    proxy.cut();
    const orderId = await hold(id, 5);
    await page.getByLabel('Number of places').waitFor({ state: 'detached' });

    // From here on no poll can tell the page that the places are free again, as the stream told before it broke.
    await page.route('**/areas', (route) => route.abort());
    await seatlane.client.command('DELETE', `/orders/${orderId}`, other);
    await page.unroute('**/events*');
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('5 of 5 free').waitFor();
  });
});
