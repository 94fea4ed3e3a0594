/** A buyer's way through the page of a concert, in English. */
import type { Page } from 'playwright-core';

/** Signs in by a name, as the development issuer allows. */
export async function signIn(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** From the page of a concert, as a new user, to the live map of its first date with free places. */
export async function goToSeats(page: Page, name: string): Promise<void> {
  await signIn(page, name);
  await page.getByRole('button', { name: 'Join the queue' }).click();
  await page.getByRole('link', { name: /seats free|of \d+ free/ }).click();
  await page.getByText('Live', { exact: true }).waitFor();
}
