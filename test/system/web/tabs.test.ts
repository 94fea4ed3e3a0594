/** Several tabs of one browser, and tabs that are closed: they share login and turn. Skipped where there is no Chromium. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';
import { signIn } from '../../support/web/buyer.ts';

let seatlane: TestSeatlane;
let browser: TestBrowser;
let concertId: number;

const setAdmission = async (body: object) => {
  const token = await seatlane.client.tokenFor('operator', 'admin');
  await seatlane.client.command('POST', '/admin/admission', { token, body });
};

/** A tab in which a user waits in the paused queue of the concert. */
async function waitingTab(name: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.visit(`/#/concerts/${concertId}`, options);
  await signIn(page, name);
  await page.getByRole('button', { name: 'Join the queue' }).click();
  await page.getByText('Your position').waitFor();
  return page;
}

/** Another tab of the same browser, at the concert unless told otherwise. */
async function anotherTab(page: Page, address = `/#/concerts/${concertId}`): Promise<Page> {
  const another = await page.context().newPage();
  await another.goto(address);
  return another;
}

const isPoll = (url: string) => /\/queues\/\d+\/entry\?|\/users\/queue\?/.test(url);

/** Counts the polls of a tab from now on. */
function countPolls(page: Page): () => number {
  let count = 0;
  page.on('request', (request) => {
    if (request.method() === 'GET' && isPoll(request.url())) count += 1;
  });
  return () => count;
}

/** Waits until a tab has polled some times more. */
async function untilPolled(page: Page, times = 2): Promise<void> {
  const polls = countPolls(page);
  await waitFor('the tab to poll', () => polls() >= times);
}

const isAdmitted = (page: Page) => page.getByRole('heading', { name: 'Choose a date' }).waitFor();

describe.skipIf(!CHROMIUM)('with Chromium', () => {
  beforeAll(async () => {
    seatlane = await startSeatlane({ settings: { ADMIT_WINDOW_SECONDS: '1' } });
    browser = await openBrowser(seatlane.client.base);
    concertId = (await seatlane.client.schedule()).concertId;
  });
  afterAll(async () => {
    await browser?.close();
    await seatlane?.stop();
  });
  beforeEach(() => setAdmission({ isPaused: true }));
  afterEach(() => browser.expectNoComplaints());

  describe('tabs', () => {
    test('share the login and the turn, and sign out together', async () => {
      const first = await waitingTab('ada');
      const second = await anotherTab(first);
      await second.getByText('Your position').waitFor();
      await setAdmission({ isPaused: false });
      await Promise.all([first, second].map(isAdmitted));
      const third = await anotherTab(first);
      await isAdmitted(third);
      await third.goto('/#/bookings');
      await third.getByRole('timer').waitFor();

      await third.setViewportSize({ width: 1000, height: 700 });
      await third.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
      for (const page of [first, second]) {
        await page.getByRole('heading', { name: 'Sign in to book' }).waitFor();
        expect(await page.getByRole('timer').count()).toBe(0);
      }
      expect(await kept(first)).toEqual([]);
    });

    test('that are closed find the place again, also from the list of concerts', async () => {
      const page = await waitingTab('grace');
      const number = await page.getByText(/^Your number is/).textContent();
      const reopened = await anotherTab(page, '/');
      await page.close();
      await reopened.getByRole('link', { name: 'Back to the queue' }).click();
      expect(await reopened.getByText(/^Your number is/).textContent()).toBe(number);
      await setAdmission({ isPaused: false });
      await isAdmitted(reopened);
    });

    test('are polled by one of them: the one that was shown last', async () => {
      const first = await waitingTab('lin');
      await untilPolled(first);
      const second = await anotherTab(first);
      await untilPolled(second);
      const polls = countPolls(first);
      await untilPolled(second, 3);
      expect(polls()).toBe(0);
    });

    test('go on polling after the polling tab is closed', async () => {
      const first = await waitingTab('mary');
      const second = await anotherTab(first);
      await untilPolled(second);
      await second.close();
      await untilPolled(first);
      await setAdmission({ isPaused: false });
      await isAdmitted(first);
    });

    test('go on polling after the process of the polling tab dies', async () => {
      const first = await waitingTab('nia');
      const second = await anotherTab(first);
      await untilPolled(second);
      const session = await second.context().newCDPSession(second);
      void session.send('Page.crash').catch(() => undefined);
      await second.waitForEvent('crash');
      await untilPolled(first);
    });

    test('take over from a polling tab that is frozen, whose late responses are dropped', async () => {
      const first = await waitingTab('olga');
      await untilPolled(first);
      const session = await first.context().newCDPSession(first);
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
      const second = await anotherTab(first);
      await untilPolled(second);
      await setAdmission({ isPaused: false });
      await isAdmitted(second);
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      await isAdmitted(first);
      await isAdmitted(second);
    });

    test('take over from a polling tab that falls silent', async () => {
      const first = await waitingTab('petra');
      await first.context().clock.install();
      await first.reload();
      const second = await anotherTab(first);
      await untilPolled(second);
      const session = await second.context().newCDPSession(second);
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
      const polls = countPolls(first);
      await first.clock.fastForward(90_000);
      await waitFor('the first tab to poll', () => polls() > 0);
    });

    test('drop the late response to a user who has signed out', async () => {
      const first = await browser.visit(`/#/concerts/${concertId}`);
      const second = await anotherTab(first);
      await signIn(first, 'rosa');
      let respond: () => void = () => undefined;
      const released = new Promise<void>((resolve) => {
        respond = resolve;
      });
      await first.route(/\/entry$|\/users\/queue$/, async (route) => {
        const response = await route.fetch();
        await released;
        await route.fulfill({ response });
      });
      await first.getByRole('button', { name: 'Join the queue' }).click();
      await first.getByText('Joining the queue…').waitFor();
      await second.setViewportSize({ width: 1000, height: 700 });
      await second.getByRole('button', { name: 'Sign out' }).click();
      await signIn(second, 'sara');
      await second.getByRole('button', { name: 'Join the queue' }).waitFor();
      const responded = first.waitForResponse(/\/entry$|\/users\/queue$/);
      respond();
      await responded;
      await first.getByRole('button', { name: 'Join the queue', exact: true }).waitFor();
      expect((await kept(second)).filter((key) => key.endsWith('.rosa'))).toEqual([]);
      await second.reload();
      await second.getByRole('button', { name: 'Join the queue' }).waitFor();
    });

    test('of two queues keep a turn each', async () => {
      const { client } = seatlane;
      const { id } = await client.concert();
      const token = await client.tokenFor('operator', 'admin');
      await client.command('POST', '/queues', {
        token,
        body: { name: 'Own', concertIds: [id] },
      });
      const first = await waitingTab('quinn');
      const second = await anotherTab(first, `/#/concerts/${id}`);
      await second.getByRole('button', { name: 'Join the queue' }).click();
      await isAdmitted(second);
      await first.getByText('Your position').waitFor();
      await setAdmission({ isPaused: false });
      await isAdmitted(first);
      await second.reload();
      await isAdmitted(second);
    });
  });

  const kept = (page: Page) =>
    page.evaluate<string[]>(
      `Object.keys(localStorage).filter((key) => key.startsWith('seatlane.')).toSorted()`,
    );
});
