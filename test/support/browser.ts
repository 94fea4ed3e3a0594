/** A real browser for tests of the page: Chromium, where this machine has one. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where it is: `CHROMIUM` names it, else the usual places. */
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
/** How long something may take to appear, in ms: a slow machine that draws with its CPU takes long. */
const TIMEOUT_MS = 60_000;
/** An answer with a status of 400 or more is a rule's no, which the page tells of. */
const ORDINARY = /^Failed to load resource/;

export interface TestBrowser {
  /** A page of somebody who has not been here before. It is closed when the test that asked has ended. */
  visit(address: string, options?: BrowserContextOptions): Promise<Page>;
  /** Fails where a page threw, or wanted what its policy forbids. */
  expectNoComplaints(): void;
  close(): Promise<void>;
}

export async function openBrowser(base: string): Promise<TestBrowser> {
  const browser: Browser = await chromium.launch({
    executablePath: CHROMIUM as string,
    args: FLAGS,
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
      // A page that nobody looks at any more would go on listening and drawing beside the next test's.
      onTestFinished(() => context.close());
      context.setDefaultTimeout(TIMEOUT_MS);
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        const isComplaint = message.type() === 'error' && !ORDINARY.test(message.text());
        if (isComplaint) complaints.push(message.text());
      });
      await page.goto(address);
      return page;
    },
    expectNoComplaints: () => expect(complaints).toEqual([]),
    close: () => browser.close(),
  };
}
