/**
 * How fast the map is with 50,000 seats on a phone, whose processor is four times slower than this one. The best of three runs counts,
 * because other work on the machine only makes a run slower. Skipped where there is no Chromium.
 */
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openBrowser, type TestBrowser } from '../../support/browser.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };
const THROTTLING = 4;
const RUNS = 3;
const PAN_MS = 3000;

/** With 50 frames a second each has 20 ms. The page's own code may take half of that; the rest is the browser's, who paints. */
const SCRIPT_MS_A_FRAME_MAX = 10;

let seatlane: TestSeatlane;
let browser: TestBrowser;

interface Figures {
  firstPictureMs: number;
  /** How much of that the request for the seats took, which includes the API's work. */
  seatsRequestMs: number;
  framesASecond: number;
  /** Of a hundred frames, ninety-five took less, in ms. */
  frameMsP95: number;
  /** What the page's own code takes in a frame, in ms. */
  scriptMsAFrame: number;
}

/** Opens the dates of a concert as a new user, whose page is then throttled. */
async function openDates(
  name: string,
  concertId: number,
): Promise<{ page: Page; cdp: CDPSession }> {
  const page = await browser.visit(`/#/concerts/${concertId}`, PHONE);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Join the queue' }).click();
  await page.getByRole('link', { name: /seats free|of [\d,]+ free/ }).waitFor();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: THROTTLING });
  // Of the processor, so that other work on the machine does not count.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  return { page, cdp };
}

async function scriptMs(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0);
}

async function firstPictureMs(page: Page): Promise<number> {
  await page.evaluate(
    `document.addEventListener('click', () => performance.mark('clicked'), { capture: true, once: true })`,
  );
  await page.getByRole('link', { name: /seats free|of [\d,]+ free/ }).click();
  // Not `waitForFunction`: it evaluates text within the page, which the page's policy forbids.
  await page.evaluate(`new Promise((resolve) => {
    const look = () =>
      performance.getEntriesByName('map-painted').length > 0 ? resolve() : requestAnimationFrame(look);
    look();
  })`);
  return page.evaluate(
    `performance.getEntriesByName('map-painted')[0].startTime - performance.getEntriesByName('clicked')[0].startTime`,
  );
}

const seatsRequestMs = (page: Page): Promise<number> =>
  page.evaluate(`performance.getEntriesByType('resource')
    .find(({ name }) => name.endsWith('/seats'))?.duration ?? 0`);

/** Drags the enlarged map to and fro. */
async function pan(
  page: Page,
  cdp: CDPSession,
): Promise<Omit<Figures, 'firstPictureMs' | 'seatsRequestMs'>> {
  await page.getByText('Live', { exact: true }).waitFor();
  for (let press = 0; press < 3; press += 1) {
    await page.getByRole('button', { name: 'Zoom in' }).click();
  }
  await page.getByRole('application').scrollIntoViewIfNeeded();
  const box = await page.getByRole('application').boundingBox();
  if (!box) throw new Error('The map has no size.');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  const scriptBefore = await scriptMs(cdp);
  await page.evaluate(`{
    window.frames50 = [];
    const step = (now) => { window.frames50.push(now); window.panned = requestAnimationFrame(step); };
    requestAnimationFrame(step);
  }`);
  const end = performance.now() + PAN_MS;
  for (let step = 0; performance.now() < end; step += 1) {
    const turn = step / 25;
    await page.mouse.move(x + 150 * Math.sin(turn), y + 120 * Math.sin(turn * 0.7));
  }
  const times: number[] = await page.evaluate(
    `cancelAnimationFrame(window.panned), window.frames50`,
  );
  const spent = (await scriptMs(cdp)) - scriptBefore;
  await page.mouse.up();
  const deltas = times.slice(1).map((time, index) => time - (times[index] as number));
  const [whole, sorted] = [
    deltas.reduce((sum, ms) => sum + ms, 0),
    deltas.toSorted((a, b) => a - b),
  ];
  return {
    framesASecond: (1000 * deltas.length) / whole,
    frameMsP95: sorted[Math.floor(deltas.length * 0.95)] ?? Number.NaN,
    scriptMsAFrame: spent / deltas.length,
  };
}

describe.skipIf(!CHROMIUM)('with Chromium on a phone, a map of 50,000 seats', () => {
  let concertId: number;
  beforeAll(async () => {
    seatlane = await startSeatlane();
    browser = await openBrowser(seatlane.client.base);
    ({ concertId } = await seatlane.client.schedule({
      seats: Array.from({ length: 1000 }, (_, index) => ({
        section: `Block ${Math.floor(index / 50) + 1}`,
        row: String((index % 50) + 1),
        from: 1,
        to: 50,
        price: 25 * (1 + Math.floor(index / 167)),
      })),
    }));
  });
  afterAll(async () => {
    await browser?.close();
    await seatlane?.stop();
  });

  test('moves with so little code a frame that there can be 50 a second', async () => {
    const runs: Figures[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const { page, cdp } = await openDates(`walker ${run}`, concertId);
      const figures = {
        firstPictureMs: await firstPictureMs(page),
        seatsRequestMs: await seatsRequestMs(page),
        ...(await pan(page, cdp)),
      };
      runs.push(figures);
      await page.context().close();
      const texts = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(1)}`);
      console.info(texts.join(', '));
    }
    browser.expectNoComplaints();
    // The first picture is to take 1,500 ms at most, and 50 frames are to be shown a second. Both are printed and not demanded: a machine
    // that does other work takes longer (0081).
    const script = Math.min(...runs.map(({ scriptMsAFrame }) => scriptMsAFrame));
    expect(script).toBeLessThanOrEqual(SCRIPT_MS_A_FRAME_MAX);
  });
});
