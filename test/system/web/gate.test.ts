/** The page of a gate in a real browser: online, without a network, with a camera. Skipped where there is no Chromium. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Order, Seat } from '../../../src/commands/schemas/resources.ts';
import type { Ticket } from '../../../src/commands/schemas/tickets.ts';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { writeTicketVideo } from '../../support/gate/ticket-video.ts';
import type { AdmittedUser } from '../../support/http/client.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const CAMERA = { ...PHONE, permissions: ['camera'] };
const LOGIN = { httpCredentials: { username: 'admin', password: 'test-password' } };

let seatlane: TestSeatlane;
let browser: TestBrowser;
let operator: string;
let buyers = 0;
let scheduleId: number;
let seats: Seat[];
let folder: string;

/** Buys a place, as a new user: a payment ends the turn in the queue. */
async function buyTicket(): Promise<Ticket & { order: Order; buyer: AdmittedUser }> {
  const { client } = seatlane;
  buyers += 1;
  const buyer = await client.admitted(`buyer ${buyers}`);
  const seat = seats.shift();
  const send = (method: string, path: string, body?: object) =>
    client.command(method, path, { ...buyer, body });
  const { body: placed } = await send('POST', '/orders', { scheduleId, seatIds: [seat?.id] });
  const order: Order = placed.result;
  await send('POST', '/points/charge', { amount: order.total });
  await send('POST', `/orders/${order.id}/pay`);
  const { body } = await client.request('GET', `/orders/${order.id}/tickets`, buyer);
  return { ...body.items[0], order, buyer };
}

/** The address that opens a gate, as its QR code on the board has it. */
async function addressOf(gate: string): Promise<string> {
  const { body } = await seatlane.client.command('POST', '/admin/gate-sessions', {
    token: operator,
    body: { scheduleId, gate },
  });
  const { accessToken: token } = body.result;
  const names = new URLSearchParams({ schedule: String(scheduleId), gate, token, title: 'Gala' });
  return `/gate#${names}`;
}

/** A gate that is ready for use without a network. */
async function openGate(gate: string, options: object = PHONE): Promise<Page> {
  const page = await browser.visit(await addressOf(gate), options);
  await page.getByText('Ready for use without a network', { exact: true }).waitFor();
  expect(page.url()).toBe(`${seatlane.client.base}/gate`);
  return page;
}

async function type(page: Page, code: string): Promise<void> {
  await page.getByLabel('Code of a ticket').fill(code);
  await page.getByRole('button', { name: 'Check' }).click();
}

const answer = (page: Page, name: string) => page.getByRole('alertdialog', { name });
const next = (page: Page) => page.getByRole('button', { name: 'Next guest' }).click();

const checkInsOf = (ticketId: number) =>
  seatlane.rows<{ gate: string; scanned_at: string | null }>(
    `select gate, scanned_at from check_in where booking_id = ${ticketId}`,
  );

async function scanAt(gate: string, code: string): Promise<void> {
  const path = `/concerts/schedules/${scheduleId}/check-ins`;
  const token = await seatlane.client.tokenFor('another gate', 'gate');
  await seatlane.client.command('POST', path, { token, body: { code, gate } });
}

describe.skipIf(!CHROMIUM)('with Chromium, a gate', () => {
  beforeAll(async () => {
    seatlane = await startSeatlane();
    const hall = [{ section: 'Stalls', row: 'A', from: 1, to: 40, price: 10 }];
    ({ id: scheduleId, seats } = await seatlane.client.schedule({ seats: hall }));
    operator = await seatlane.client.tokenFor('operator', 'admin');
    folder = mkdtempSync(join(tmpdir(), 'seatlane-gate-'));
    browser = await openBrowser(seatlane.client.base);
  });
  afterAll(async () => {
    await browser?.close();
    await seatlane?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => browser.expectNoComplaints());

  test('lets the holder of a typed code in, once, and counts', async () => {
    const ticket = await buyTicket();
    const page = await openGate('North 1');
    await type(page, ticket.code);
    await answer(page, 'Enter').getByText(`Stalls, Row A, Seat ${ticket.seatNumber}`).waitFor();
    expect(await page.getByText('Not checked online').count()).toBe(0);
    await next(page);
    await page.getByText('to come').waitFor();
    await type(page, ticket.code);
    await answer(page, 'Do not enter')
      .getByText(/gate North 1/)
      .waitFor();
    await page.keyboard.press('Enter');
    await type(page, 'no ticket');
    await answer(page, 'Do not enter').getByText('not a ticket of ours').waitFor();
    expect(await checkInsOf(ticket.id)).toEqual([{ gate: 'North 1', scanned_at: null }]);
  });

  test('takes the codes of a hand scanner before, during and after an answer', async () => {
    const tickets = [await buyTicket(), await buyTicket(), await buyTicket()];
    const page = await openGate('North 5', { viewport: { width: 900, height: 700 } });
    const scan = async (index: number) => {
      const { code, seatNumber } = tickets[index] as Ticket;
      await page.keyboard.type(code);
      await page.keyboard.press('Enter');
      await answer(page, 'Enter').getByText(`Stalls, Row A, Seat ${seatNumber}`).waitFor();
    };
    await scan(0);
    await scan(1);
    await next(page);
    await answer(page, 'Enter').waitFor({ state: 'detached' });
    await scan(2);
  });

  test('scans without a network, also after a reload, and sends each scan once', async () => {
    const [ticket, other] = [await buyTicket(), await buyTicket()];
    const page = await openGate('North 2');
    const context = page.context();
    await context.setOffline(true);
    await page.getByText('Offline: tickets are verified on this phone').waitFor();
    await type(page, ticket.code);
    await answer(page, 'Enter').getByText('Not checked online').waitFor();
    await answer(page, 'Enter').getByText(`Stalls A ${ticket.seatNumber}`).waitFor();

    await page.reload();
    await page.getByText('1 scan not sent yet').waitFor();
    await type(page, ticket.code);
    await answer(page, 'Do not enter').getByText('already entered').waitFor();
    await next(page);
    await type(page, other.code);
    await answer(page, 'Enter').waitFor();
    await next(page);
    await page.getByText('2 scans not sent yet').waitFor();
    expect(await checkInsOf(ticket.id)).toEqual([]);

    await context.setOffline(false);
    await page.getByText('2 scans not sent yet').waitFor({ state: 'detached' });
    for (const { id } of [ticket, other]) {
      expect(await checkInsOf(id)).toEqual([{ gate: 'North 2', scanned_at: expect.anything() }]);
    }
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('learns afterwards who has entered twice or with a refunded ticket, and so does the operator', async () => {
    const [used, refunded] = [await buyTicket(), await buyTicket()];
    const page = await openGate('North 3');
    await page.context().setOffline(true);
    for (const { code } of [used, refunded]) {
      await type(page, code);
      await answer(page, 'Enter').waitFor();
      await next(page);
    }
    await scanAt('South', used.code);
    await seatlane.client.command('DELETE', `/orders/${refunded.order.id}`, refunded.buyer);
    await page.context().setOffline(false);
    const twice = page.getByRole('alert').filter({ hasText: 'Entered twice' });
    await twice.getByText(/^Here: .* gate North 3$/).waitFor();
    await twice.getByText(/^Before: .* gate South$/).waitFor();
    await page.getByText('Entered with a refunded ticket').waitFor();
    await page.reload();
    await twice.getByRole('button', { name: 'Take off the list' }).click();
    await twice.waitFor({ state: 'detached' });
    await page.getByText('Entered with a refunded ticket').waitFor();

    const board = await browser.visit('/admin#/gates', {
      ...LOGIN,
      viewport: { width: 1200, height: 900 },
    });
    const row = board.getByRole('row', { name: new RegExp(`Ticket ${used.id}`) });
    await row.getByText('Used twice').waitFor();
    await row.getByText(/South/).waitFor();
    await board.getByRole('row', { name: /Refunded or cancelled/ }).waitFor();
  });

  test('keeps its scans while its token is refused, and sends them with the same keys afterwards', async () => {
    const [first, second] = [await buyTicket(), await buyTicket()];
    const page = await openGate('North 4');
    await page.route('**/check-ins', (route) =>
      route.fulfill({
        status: 401,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          type: '',
          title: '',
          status: 401,
          code: 'TOKEN_EXPIRED',
          detail: '',
        }),
      }),
    );
    await type(page, first.code);
    await answer(page, 'Enter').getByText('Not checked online').waitFor();
    await next(page);
    await page.getByText('Signed out: scans are kept on this phone').waitFor();
    await type(page, second.code);
    await answer(page, 'Enter').getByText('Not checked online').waitFor();
    await next(page);
    await page.unroute('**/check-ins');
    await page.getByText('2 scans not sent yet').waitFor();
    await page
      .getByLabel('Address of the gate, or access token')
      .fill(seatlane.client.base + (await addressOf('North 4')));
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('2 scans not sent yet').waitFor({ state: 'detached' });
    for (const { id } of [first, second]) expect(await checkInsOf(id)).toHaveLength(1);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('does not take its own scan for a second entry if only the response was lost', async () => {
    const ticket = await buyTicket();
    const page = await openGate('North 5');
    await page.route('**/check-ins', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await route.fetch();
      // On a busy machine the page has given up this request already, or the route has been removed.
      await route.abort().catch(() => undefined);
    });
    await type(page, ticket.code);
    await answer(page, 'Enter').getByText('Not checked online').waitFor();
    expect(await checkInsOf(ticket.id)).toHaveLength(1);
    await page.unroute('**/check-ins');
    await next(page);
    await page.getByText('1 scan not sent yet').waitFor({ state: 'detached' });
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(await seatlane.rows(`select from refused_scan where ticket_id = ${ticket.id}`)).toEqual(
      [],
    );
  });

  test('goes on after the browser has closed its storage, as phones do with pages in the background', async () => {
    const [first, second] = [await buyTicket(), await buyTicket()];
    const page = await openGate('North 8');
    const devtools = await page.context().newCDPSession(page);
    const close = () =>
      devtools.send('Storage.clearDataForOrigin', {
        origin: seatlane.client.base,
        storageTypes: 'indexeddb',
      });
    await close();
    await type(page, first.code);
    await answer(page, 'Enter').getByText(`Seat ${first.seatNumber}`).waitFor();
    await next(page);
    await type(page, first.code);
    await answer(page, 'Do not enter').getByText('already entered').waitFor();
    await next(page);
    await close();
    await type(page, second.code);
    await answer(page, 'Enter').getByText(`Seat ${second.seatNumber}`).waitFor();
    expect(await page.getByText('Not checked online').count()).toBe(0);
  });

  test('is opened on the board, by a QR code, and reads Korean', async () => {
    const board = await browser.visit('/admin#/gates', {
      ...LOGIN,
      viewport: { width: 1200, height: 900 },
    });
    await board.getByLabel('Name of the gate').fill('West');
    await board.getByRole('button', { name: 'Open the gate' }).click();
    await board.getByRole('img', { name: 'QR code that opens the gate West' }).waitFor();
    const address = await board
      .getByRole('link', { name: 'Open it on this device' })
      .getAttribute('href');
    const page = await browser.visit(String(address), { ...PHONE, locale: 'ko-KR' });
    await page.getByRole('heading', { name: 'West' }).waitFor();
    await page.getByText('연결 없이도 사용할 수 있습니다').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    expect(page.url()).not.toContain('token');
  });

  test('reads the code of a ticket with the camera, and says so if there is none', async () => {
    const ticket = await buyTicket();
    const video = join(folder, 'ticket.y4m');
    writeTicketVideo(video, ticket.code);
    const withCamera = await openBrowser(seatlane.client.base, [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${video}`,
    ]);
    try {
      const page = await withCamera.visit(await addressOf('North 6'), CAMERA);
      await page.getByRole('button', { name: 'Start scanning' }).click();
      await answer(page, 'Enter').getByText(`Seat ${ticket.seatNumber}`).waitFor();
      expect(await checkInsOf(ticket.id)).toEqual([{ gate: 'North 6', scanned_at: null }]);
      withCamera.expectNoComplaints();
    } finally {
      await withCamera.close();
    }
    const page = await openGate('North 7');
    await page.getByRole('button', { name: 'Start scanning' }).click();
    await page
      .getByText(/camera/)
      .first()
      .waitFor();
    await page.getByLabel('Code of a ticket').waitFor();
  });
});
