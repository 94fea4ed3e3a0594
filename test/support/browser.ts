/** A real browser for tests of the page: Chromium, if it is installed. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { PATIENCE_MS } from './wait-for.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The path of Chromium: the variable `CHROMIUM`, or one of the usual paths. */
export const CHROMIUM = [process.env.CHROMIUM ?? '', ...PLACES].find((path) => existsSync(path));

if (!CHROMIUM) {
  console.warn(
    'There is no Chromium here: tests of the page are skipped. Set CHROMIUM to its path.',
  );
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** How long something may take to appear, in ms. A slow machine without a GPU takes long. */
const TIMEOUT_MS = PATIENCE_MS;
/** A response with a status of 400 or more is a refusal, which the page shows. */
const ORDINARY = /^Failed to load resource/;

export interface TestBrowser {
  /** A page of a new user. It is closed at the end of the test. */
  visit(address: string, options?: BrowserContextOptions): Promise<Page>;
  /** Fails if a page threw an error or violated its content security policy. */
  expectNoComplaints(): void;
  close(): Promise<void>;
}

/** @param flags further command-line flags of Chromium */
export async function openBrowser(
  base: string,
  flags: readonly string[] = [],
): Promise<TestBrowser> {
  const browser: Browser = await chromium.launch({
    executablePath: CHROMIUM as string,
    args: [...FLAGS, ...flags],
  });
  const complaints: string[] = [];
  return {
    async visit(address, options = {}) {
      const context = await browser.newContext({
        baseURL: base,
        viewport: { width: 360, height: 720 },
        locale: 'en-GB',
        reducedMotion: 'reduce',
        ...options,
      });
      // A page that stays open would continue to receive events and draw during the next test.
      onTestFinished(() => context.close());
      context.setDefaultTimeout(TIMEOUT_MS);
      context.on('weberror', (error) => complaints.push(String(error.error())));
      context.on('console', (message) => {
        const isComplaint = message.type() === 'error' && !ORDINARY.test(message.text());
        if (isComplaint) complaints.push(message.text());
      });
      const page = await context.newPage();
      await page.goto(address);
      return page;
    },
    expectNoComplaints: () => expect(complaints).toEqual([]),
    close: () => browser.close(),
  };
}
