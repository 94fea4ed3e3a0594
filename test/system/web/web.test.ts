/** Buying seats on the page, in a real browser. Skipped where there is no Chromium. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RunningWorker } from '../../../workers/worker.ts';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { BOOKINGS } from '../../support/orders.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';
import { goToSeats, signIn } from '../../support/web/buyer.ts';

const PHONE = { viewport: { width: 360, height: 720 }, hasTouch: true, isMobile: true };
const DESKTOP = { viewport: { width: 1200, height: 800 } };

let seatlane: TestSeatlane;
let browser: TestBrowser;

async function open(settings: Record<string, string> = {}): Promise<void> {
  seatlane = await startSeatlane({ settings });
  browser = await openBrowser(seatlane.client.base);
}

async function close(): Promise<void> {
  await browser?.close();
  await seatlane?.stop();
}

/** Opens the seats of a concert as a new user. */
async function openSeats(
  name: string,
  concertId: number,
  options: BrowserContextOptions = DESKTOP,
): Promise<Page> {
  const page = await browser.visit(`/#/concerts/${concertId}`, options);
  await goToSeats(page, name);
  return page;
}

/** Selects the first free seat on the map with the keyboard. */
async function pickFirst(page: Page): Promise<void> {
  await page.getByRole('application').focus();
  for (const key of ['ArrowRight', 'ArrowLeft', 'Enter']) await page.keyboard.press(key);
  await page.getByRole('heading', { name: 'Your selection' }).waitFor();
}

/** Checks that the page does not scroll horizontally. */
async function expectToFit(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
}

const bookings = () =>
  seatlane.rows<{ user: string; state: string }>(
    `select subject as user, state from ${BOOKINGS} join app_user on app_user.id = user_id order by booking.id`,
  );

describe.skipIf(!CHROMIUM)('with Chromium', () => {
  describe('a buyer', () => {
    beforeAll(() => open());
    afterAll(close);
    afterEach(() => browser.expectNoComplaints());

    test('buys adjacent seats on a phone, from the list of concerts to the payment', async () => {
      await seatlane.client.schedule();
      const page = await browser.visit('/', PHONE);
      await page.getByRole('link', { name: 'The Winter Gala' }).first().click();
      await signIn(page, 'ada');
      await page.getByRole('button', { name: 'Join the queue' }).click();
      await expectToFit(page);
      await page.getByRole('link', { name: '10 of 10 free' }).click();
      await page.getByLabel('Number of seats').selectOption('3');
      await page.getByRole('button', { name: 'Hold the best seats' }).click();
      await page.getByText('You need 300 more points.').waitFor();
      await expectToFit(page);
      await page.getByRole('button', { name: 'Add points' }).click();
      await page.getByRole('button', { name: 'Pay 300 points' }).click();
      await page.getByText('Paid. Enjoy the concert!').waitFor();
      for (const seat of [4, 5, 6]) {
        await page.getByRole('button', { name: `Refund Stalls, Row A, Seat ${seat}` }).waitFor();
      }
      await expectToFit(page);
      expect(await bookings()).toEqual(Array(3).fill({ user: 'ada', state: 'paid' }));
    });

    test('enters the queue of the concert, and finds each queue again when coming back', async () => {
      const { client } = seatlane;
      const [own, other] = [await client.schedule(), await client.schedule()];
      const token = await client.tokenFor('operator', 'admin');
      const { body } = await client.command('POST', '/queues', {
        token,
        body: { name: 'Own', concertIds: [own.concertId] },
      });
      const { id: queueId } = body.result;
      const page = await openSeats('quinn', own.concertId);
      const open = () =>
        seatlane.rows(
          `select queue_id as "queueId" from queue_entry join app_user on app_user.id = user_id
           where subject = 'quinn' and state = 'active' order by 1`,
        );
      expect(await open()).toEqual([{ queueId }]);
      await page.goto(`${client.base}/#/concerts/${other.concertId}`);
      await page.getByRole('button', { name: 'Join the queue' }).click();
      await page.getByRole('link', { name: /of \d+ free/ }).waitFor();
      expect(await open()).toEqual([{ queueId: 1 }, { queueId }]);
      await page.goto(`${client.base}/#/concerts/${own.concertId}`);
      await page.getByRole('link', { name: /of \d+ free/ }).waitFor();
    });

    test('selects seats on the map with the keyboard alone, and their descriptions are announced', async () => {
      const { concertId } = await seatlane.client.schedule();
      const page = await openSeats('grace', concertId);
      await page.getByRole('application', { name: 'Seat map' }).focus();
      const spoken = page.getByRole('status').filter({ hasText: 'Stalls, Row A' });
      for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft']) await page.keyboard.press(key);
      await spoken.getByText('Stalls, Row A, Seat 2 · 100 points · free').waitFor();
      await page.keyboard.press('Enter');
      await spoken.getByText('Seat 2 · 100 points · selected').waitFor();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Space');
      await page.getByRole('button', { name: 'Hold 2 seats' }).focus();
      await page.keyboard.press('Enter');
      await page
        .getByRole('heading', { name: 'Your seats are held until the time is over' })
        .waitFor();
      await page.getByText('Stalls, Row A, Seat 3').first().waitFor();
    });

    test('selects a seat by touch, where the first tap zooms in', async () => {
      const { concertId } = await seatlane.client.schedule({
        seats: [...'ABCDEFGHIJKLMNOPQRSTU'].map((row) => ({ row, from: 1, to: 41, price: 100 })),
      });
      const page = await openSeats('kim', concertId, PHONE);
      const map = page.getByRole('application');
      await map.tap();
      await map.tap();
      await page.getByRole('button', { name: 'Hold 1 seat' }).waitFor();
    });

    test('selects a seat from lists, without the map', async () => {
      const { concertId } = await seatlane.client.schedule();
      const page = await openSeats('lin', concertId);
      await page.getByText('Choose from a list').click();
      await page
        .getByRole('combobox', { name: 'Seat', exact: true })
        .selectOption({ label: '7 · 100 points' });
      await page.getByRole('button', { name: 'Add seat' }).click();
      await page.getByRole('button', { name: 'Hold 1 seat' }).click();
      await page.getByText('You need 100 more points.').waitFor();
    });

    test('holds a seat and places of an area as one order', async () => {
      const areas = [{ name: 'Standing', capacity: 5, price: 50 }];
      const { concertId, id } = await seatlane.client.schedule({ areas });
      const page = await openSeats('nora', concertId);
      await page.getByText('5 of 5 free').waitFor();
      await pickFirst(page);
      await page.getByLabel('Number of places').selectOption('2');
      await page.getByRole('button', { name: 'Hold the places and 1 seat' }).click();
      await page.getByText('You need 200 more points.').waitFor();
      await page.getByText('3 of 5 free').waitFor();
      await expectToFit(page);
      const orders = await seatlane.rows(
        `select total::int from app_order where schedule_id = ${id}`,
      );
      expect(orders).toEqual([{ total: 200 }]);
    });

    test('keeps session and holds after a reload', async () => {
      const { concertId } = await seatlane.client.schedule();
      const page = await openSeats('mary', concertId);
      await pickFirst(page);
      await page.getByRole('button', { name: 'Hold 1 seat' }).click();
      await page.getByText('You need 100 more points.').waitFor();
      await page.reload();
      await page.getByText('Live', { exact: true }).waitFor();
      await page.getByText('Stalls, Row A, Seat 1').first().waitFor();
      await page.getByText('You need 100 more points.').waitFor();
    });

    test('holds and pays several seats as one order', async () => {
      const { concertId } = await seatlane.client.schedule();
      const page = await openSeats('olga', concertId);
      const payments: string[] = [];
      page.on('request', (request) => {
        if (request.url().endsWith('/pay')) payments.push(new URL(request.url()).pathname);
      });
      await page.getByRole('button', { name: 'Hold the best seats' }).click();
      await page.getByRole('button', { name: 'Add points' }).click();
      await page.getByRole('button', { name: 'Pay 200 points' }).click();
      await page.getByText('Paid. Enjoy the concert!').waitFor();
      expect((await bookings()).filter(({ user }) => user === 'olga')).toEqual(
        Array(2).fill({ user: 'olga', state: 'paid' }),
      );
      expect(payments).toEqual([expect.stringMatching(/^\/orders\/\d+\/pay$/)]);
    });

    test('pays two orders in one turn', async () => {
      const { concertId } = await seatlane.client.schedule();
      const page = await openSeats('otto', concertId);
      await page.getByRole('button', { name: 'Hold the best seats' }).click();
      await page.getByText('Your seats are held until the time is over').waitFor();
      await pickFirst(page);
      await page.getByRole('button', { name: 'Hold 1 seat' }).click();
      // The first order has a button of the same name, which would add points for that order alone.
      await page.getByText('You need 300 more points.').waitFor();
      await page.getByRole('button', { name: 'Add points' }).click();
      await page.getByRole('button', { name: 'Pay 300 points' }).click();
      await page.getByText('Paid. Enjoy the concert!').waitFor();
      expect((await bookings()).filter(({ user }) => user === 'otto')).toEqual(
        Array(3).fill({ user: 'otto', state: 'paid' }),
      );
    });

    test('sees the changes that happened while the device was offline', async () => {
      const { concertId } = await seatlane.client.schedule();
      const page = await openSeats('petra', concertId);
      await pickFirst(page);
      await page.context().setOffline(true);
      await page.getByText('Reconnecting…').waitFor();
      await page.getByRole('button', { name: 'Hold 1 seat' }).click();
      await page.getByText('Holding your seats…').waitFor();
      await page.context().setOffline(false);
      await page.getByText('Live', { exact: true }).waitFor();
      await page
        .getByRole('heading', { name: 'Your seats are held until the time is over' })
        .waitFor();
    });

    test('opens a ticket with its QR code, prints it, and saves the calendar entry', async () => {
      const { concertId } = await seatlane.client.schedule();
      const page = await openSeats('tess', concertId, PHONE);
      await page.getByRole('button', { name: 'Hold the best seats' }).click();
      await page.getByRole('button', { name: 'Add points' }).click();
      await page.getByRole('button', { name: /^Pay \d+ points/ }).click();
      await page.getByText('Paid. Enjoy the concert!').waitFor();
      await page.getByRole('link', { name: 'Show tickets' }).click();
      const code = page
        .getByRole('img', { name: /^QR code of the ticket for Stalls, Row A/ })
        .first();
      await code.waitFor();
      await expectToFit(page);
      const token = await seatlane.client.tokenFor('tess');
      const [ticket] = await seatlane.rows<{ id: string; order_id: string }>(
        `select booking.id, order_id from booking join app_user on app_user.id = user_id
         where subject = 'tess' order by booking.id limit 1`,
      );
      const path = `/tickets/${ticket?.id}/qr.svg`;
      const { body: svg } = await seatlane.client.request('GET', path, { token });
      expect(svg).toContain(`<path d="${await code.locator('path').getAttribute('d')}"/>`);
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Add to calendar' }).click();
      expect((await download).suggestedFilename()).toBe(`order-${ticket?.order_id}.ics`);
      await page.emulateMedia({ media: 'print' });
      expect(await code.isVisible()).toBe(true);
      const sheets = /\/Type \/Pages[^>]*\/Count (\d+)/.exec((await page.pdf()).toString('latin1'));
      expect(Number(sheets?.[1])).toBe(2);
      expect(await page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false);
    });

    test('gets the points of a paid order back', async () => {
      const { concertId } = await seatlane.client.schedule();
      const page = await openSeats('nia', concertId);
      await pickFirst(page);
      await page.getByRole('button', { name: 'Hold 1 seat' }).click();
      await page.getByRole('button', { name: 'Add points' }).click();
      await page.getByRole('button', { name: 'Pay 100 points' }).click();
      await page.getByRole('button', { name: 'Refund Stalls, Row A, Seat 1' }).click();
      const asked = page.getByRole('group', { name: 'Give back Stalls, Row A, Seat 1?' });
      await asked.getByRole('button', { name: 'Refund 100 points' }).click();
      await page.getByText('This order was refunded.').waitFor();
      await page.getByRole('link', { name: 'My orders' }).first().click();
      await page.locator('.points-have', { hasText: '100 points' }).waitFor();
    });

    test('reads the page in Korean, and in English after choosing it', async () => {
      const { concertId } = await seatlane.client.schedule();
      const page = await browser.visit(`/#/concerts/${concertId}`, { locale: 'ko-KR' });
      const language = () => page.locator('html').getAttribute('lang');
      await page.getByRole('heading', { name: '예매하려면 로그인해 주세요' }).waitFor();
      expect(await language()).toBe('ko');
      await page.getByLabel('이름').fill('지우');
      await page.getByRole('button', { name: '로그인' }).click();
      await page.getByRole('button', { name: '대기열 참여' }).click();
      await page.getByRole('link', { name: '10석 중 10석 남음' }).click();
      await page.getByRole('button', { name: '추천 좌석 선점' }).click();
      await page.getByText('200 포인트가 부족합니다.').waitFor();
      await page.getByText('Stalls A열 5번').first().waitFor();
      await page.getByRole('button', { name: 'English' }).click();
      await page.getByText('You need 200 more points.').waitFor();
      expect(await language()).toBe('en');
      await page.reload();
      await page.getByText('You need 200 more points.').waitFor();
    });

    test('signs in with an access token if the development issuer is disabled', async () => {
      const { services } = seatlane;
      const closed = await startSeatlane({
        services,
        workers: 0,
        settings: { DEV_ISSUER: 'false' },
      });
      const token = await seatlane.client.tokenFor('opal');
      const { id } = await seatlane.client.concert();
      const page = await browser.visit(`${closed.client.base}/#/concerts/${id}`);
      await page.getByText('Paste the token that your identity provider gave you.').waitFor();
      await page.getByLabel('Access token').fill('nonsense');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('This access token is not valid.').waitFor();
      await page.getByLabel('Access token').fill(token);
      await page.locator('form').getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Join the queue' }).waitFor();
      await closed.stop();
    });
  });

  describe('two buyers', () => {
    let worker: RunningWorker;
    beforeAll(async () => {
      seatlane = await startSeatlane({ workers: 0 });
      worker = await seatlane.addWorker();
      browser = await openBrowser(seatlane.client.base);
    });
    afterAll(close);

    test('race for one seat: one holds it, and the other is notified and can continue', async () => {
      const { concertId } = await seatlane.client.schedule();
      const pages = [await openSeats('first', concertId), await openSeats('second', concertId)];
      for (const page of pages) await pickFirst(page);
      await worker.stop();
      for (const page of pages) {
        await page.getByRole('button', { name: 'Hold 1 seat' }).click();
        await page.getByText('Holding your seats…').first().waitFor();
      }
      worker = await seatlane.addWorker();
      const outcomes = await Promise.all(pages.map(outcomeOf));
      expect(outcomes.toSorted()).toEqual(['held', 'told']);
      expect(await bookings()).toHaveLength(1);
      const loser = pages[outcomes.indexOf('told')] as Page;
      await loser.getByRole('button', { name: 'Hold the best seats' }).click();
      await loser.getByText('You need 200 more points.').waitFor();
      expect(await bookings()).toHaveLength(3);
      browser.expectNoComplaints();
    });

    async function outcomeOf(page: Page): Promise<'held' | 'told'> {
      const held = page.getByRole('heading', {
        name: 'Your seats are held until the time is over',
      });
      const told = page.getByText('Somebody else was first. Choose another seat.');
      await held.or(told).first().waitFor();
      return (await held.isVisible()) ? 'held' : 'told';
    }

    test('see each other’s changes of seats at once', async () => {
      const { concertId } = await seatlane.client.schedule({
        seats: [{ section: 'Stalls', row: 'A', from: 1, to: 2, price: 100 }],
      });
      const looker = await openSeats('looker', concertId);
      await pickFirst(looker);
      const buyer = await openSeats('buyer', concertId);
      await buyer.getByRole('button', { name: 'Hold the best seats' }).click();
      await looker.getByText('Stalls, Row A, Seat 1 was taken by somebody else.').waitFor();
      await looker.getByText('Seat 1 · 100 points · held').waitFor();
      await buyer.getByRole('button', { name: 'Add points' }).click();
      await buyer.getByRole('button', { name: 'Pay 200 points' }).click();
      await looker.getByText('Seat 1 · 100 points · sold').waitFor();
      browser.expectNoComplaints();
    });
  });

  describe('a hold', () => {
    beforeAll(() => open({ HOLD_SECONDS: '3', HOLD_GRACE_SECONDS: '0' }));
    afterAll(close);

    test('expires on the page, and the seat is free for another user', async () => {
      const { concertId } = await seatlane.client.schedule();
      const slow = await openSeats('slow', concertId);
      const next = await openSeats('next', concertId);
      await pickFirst(slow);
      await slow.getByRole('button', { name: 'Hold 1 seat' }).click();
      await slow.getByText('Your hold has expired.').waitFor();
      await slow
        .getByRole('heading', { name: 'Your seats are held' })
        .waitFor({ state: 'detached' });
      await next.getByRole('application').focus();
      for (const key of ['ArrowLeft', 'ArrowLeft']) await next.keyboard.press(key);
      await next.getByText('Seat 1 · 100 points · free').waitFor();
      await next.keyboard.press('Enter');
      await next.getByRole('button', { name: 'Hold 1 seat' }).click();
      await next.getByRole('heading', { name: 'Your seats are held' }).waitFor();
      await slow.getByRole('link', { name: 'My orders' }).click();
      await slow.getByText('Expired', { exact: true }).waitFor();
      browser.expectNoComplaints();
    });
  });

  describe('the queue', () => {
    beforeAll(() => open({ ADMIT_WINDOW_SECONDS: '1', QUEUE_TOKEN_SECONDS: '20' }));
    afterAll(close);

    const setAdmission = async (body: object) => {
      const token = await seatlane.client.tokenFor('operator', 'admin');
      await seatlane.client.command('POST', '/admin/admission', { token, body });
    };

    test('shows the position and continues by itself, also after a reload', async () => {
      const { id } = await seatlane.client.concert();
      await setAdmission({ isPaused: true });
      const page = await browser.visit(`/#/concerts/${id}`);
      await signIn(page, 'patient');
      await page.getByRole('button', { name: 'Join the queue' }).click();
      await page.getByText(/^Admission is paused for a moment/).waitFor();
      await page.getByText('Your position').waitFor();
      expect(await page.title()).toBe('1 in the queue · Seatlane');
      await page.reload();
      await page.getByText('Your position').waitFor();
      await setAdmission({ isPaused: false });
      await page.getByRole('heading', { name: 'Choose a date' }).waitFor();
    });

    test('notifies a user whose session has expired, and offers to join again', async () => {
      const { id } = await seatlane.client.concert();
      const page = await browser.visit(`/#/concerts/${id}`);
      await signIn(page, 'dreamer');
      await page.getByRole('button', { name: 'Join the queue' }).click();
      await page.getByRole('timer').waitFor();
      await page.getByText('Your time is over.').waitFor();
      await page.getByRole('button', { name: 'Join the queue' }).waitFor();
    });

    test('keeps a user admitted for as long as a hold lasts', async () => {
      const { concertId } = await seatlane.client.schedule();
      const page = await openSeats('holder', concertId);
      await page.getByRole('button', { name: 'Hold the best seats' }).click();
      // The session would have ended after ten seconds; the hold lasts five minutes.
      const minutesLeft = page.getByRole('timer').filter({ hasText: /^[45]:/ });
      await minutesLeft.waitFor();
      await page.reload();
      await minutesLeft.waitFor();
      await page.getByText('Your seats are held until the time is over').waitFor();
      // One clock: that of the turn is back once the hold is not shown.
      expect(await page.locator('.turn-clock').count()).toBe(0);
      await page.getByRole('link', { name: 'Other dates' }).click();
      await page.locator('.turn-clock', { hasText: /^[45]:/ }).waitFor();
    });

    const isChoosingOver = (page: Page) =>
      page.locator('.note', { hasText: 'Your time to choose is over.' }).waitFor();

    test('tells a user who holds seats that nothing more can be chosen, and lets the user pay', async () => {
      const { concertId } = await seatlane.client.schedule();
      const page = await openSeats('payer', concertId);
      const refused: string[] = [];
      page.on('response', (response) => {
        if (response.status() === 403) refused.push(response.url());
      });
      await page.locator('.turn', { hasText: /^Time left to choose\s*0:[01]\d/ }).waitFor();
      await page.getByRole('button', { name: 'Hold the best seats' }).click();
      await page.getByRole('button', { name: 'Give all back' }).waitFor();
      await isChoosingOver(page);
      expect(await page.getByText('More seats').count()).toBe(0);
      await page.getByRole('application').focus();
      for (const key of ['ArrowRight', 'Enter']) await page.keyboard.press(key);
      const told = page.getByRole('alert').getByText(/You can still pay for what you hold/);
      await told.waitFor();
      expect(await page.getByRole('heading', { name: 'Your selection' }).count()).toBe(0);
      await page.reload();
      await isChoosingOver(page);
      await page.getByRole('link', { name: 'Other dates' }).click();
      await page.locator('.turn', { hasText: /^Time left to pay\s*[45]:/ }).waitFor();
      await page.getByRole('link', { name: /of 10 free/ }).click();
      await page.getByRole('button', { name: 'Add points' }).click();
      await page.getByRole('button', { name: 'Pay 200 points' }).click();
      await page.getByText('Paid. Enjoy the concert!').waitFor();
      expect(refused).toEqual([]);
    });

    test('ends the turn of a user who gives all back after the time to choose', async () => {
      const { concertId } = await seatlane.client.schedule();
      const page = await openSeats('giver', concertId);
      await page.getByRole('button', { name: 'Hold the best seats' }).click();
      await isChoosingOver(page);
      await page.getByRole('button', { name: 'Give all back' }).click();
      await page.getByRole('group').getByRole('button', { name: 'Give back' }).click();
      await page.getByText('Your time is over.').waitFor();
      await page.getByRole('button', { name: 'Join the queue' }).waitFor();
    });

    test('can be left with a button', async () => {
      const { id } = await seatlane.client.concert();
      await setAdmission({ isPaused: true });
      const page = await browser.visit(`/#/concerts/${id}`);
      await signIn(page, 'hasty');
      await page.getByRole('button', { name: 'Join the queue' }).click();
      await page.getByRole('button', { name: 'Leave the queue' }).click();
      await page.getByRole('button', { name: 'Join the queue' }).waitFor();
      await setAdmission({ isPaused: false });
      await waitFor('nobody to wait', async () => {
        const token = await seatlane.client.tokenFor('operator', 'admin');
        const { body } = await seatlane.client.request('GET', '/admin/admission', { token });
        return body.waiting === 0;
      });
    });
  });
});
