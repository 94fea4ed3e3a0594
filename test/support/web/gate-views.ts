/** The views of a gate, in the order of an evening: the form, the scanner, answers without and with a network, and lists. */
import type { Page } from 'playwright-core';
import { click, go, type View } from './view.ts';

interface GateScene {
  /** The address that opens the gate, as the board shows it. */
  address: string;
  /** The codes of two tickets. */
  codes: readonly [string, string];
  /** Lets the holder of a ticket in at another gate. */
  scanElsewhere(code: string): Promise<unknown>;
}

async function scan(page: Page, code: string, kind: string): Promise<void> {
  await page.locator('input[name=code]').fill(code);
  await click(page, '.gate-typed button', `.gate-answer.${kind}`);
}

const goOn = (page: Page) => page.locator('.gate-next').click();

export function gateViews({ address, codes: [first, second], scanElsewhere }: GateScene): View[] {
  return [
    { name: 'gate-form', open: (page) => go(page, '/gate', 'form .button') },
    {
      name: 'gate-incomplete',
      async open(page) {
        await page.locator('input[name=token]').fill('a token');
        await click(page, 'form .button', 'form [role=alert]');
      },
    },
    {
      name: 'gate-scanner',
      async open(page) {
        await page.locator('input[name=token]').fill(new URL(address, page.url()).href);
        await click(page, 'form .button', '.gate-counts');
      },
    },
    {
      name: 'gate-not-a-ticket',
      open: (page) => scan(page, 'no ticket', 'is-refused'),
      close: goOn,
    },
    { name: 'gate-enter', open: (page) => scan(page, first, 'is-good'), close: goOn },
    { name: 'gate-used', open: (page) => scan(page, first, 'is-refused'), close: goOn },
    {
      name: 'gate-offline',
      async open(page) {
        await page.context().setOffline(true);
        await page.locator('.gate-status.is-offline').waitFor();
        await scan(page, second, 'is-good');
      },
      close: goOn,
    },
    { name: 'gate-unsent', open: (page) => page.locator('main > .gate-note').waitFor() },
    {
      name: 'gate-late',
      async open(page) {
        await scanElsewhere(second);
        await page.context().setOffline(false);
        await page.locator('.gate-late').waitFor();
      },
    },
  ];
}
