/** A view that a test opens in a browser, from the view before. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

export interface View {
  name: string;
  /** Brings the page to the view, from the row before. Texts differ between languages, so it must not look for them. */
  open(page: Page): Promise<unknown>;
  /** Leaves it, where the next row cannot. */
  close?(page: Page): Promise<unknown>;
}

const FRAMES = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';

/** Opens an address. A page that only changes its hash would still show the view before for a moment. */
export async function go(page: Page, address: string, ready: string): Promise<void> {
  await page.goto(address);
  await page.evaluate(FRAMES);
  await page.locator(ready).first().waitFor();
  await page.locator('main:not(:has(.loading))').waitFor();
}

/** Clicks something, and waits for what appears. */
export async function click(page: Page, button: string, ready: string): Promise<void> {
  await page.locator(button).first().click();
  await page.locator(ready).first().waitFor();
}

/** A page wider than the screen has to be moved with two hands. */
export async function expectNoSideways(page: Page): Promise<void> {
  const wider = await page.evaluate<number>(
    'document.scrollingElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(wider).toBeLessThanOrEqual(0);
}
