/** Starts the gate's page. */
import { html, render } from 'htm/preact';
import { SeatlaneOperator } from '../../client/operator.ts';
import { setClient } from '../api.ts';
// Both languages are kept for a phone without a network, which loads all that is imported here.
import '../texts/en.ts';
import '../texts/ko.ts';
import { keptGate } from './device/kept.ts';
import { installWorker } from './device/offline.ts';
import { openByAddress } from './opening.ts';
import { GatePage } from './page.ts';
import { currentGate, isStorageMissing } from './session.ts';
import { keepInSync } from './sync.ts';

/** Opens the gate that the address names, or the one that this device has kept. */
async function open(): Promise<void> {
  // The token must neither stay in the address bar nor in the history.
  const { href } = location;
  history.replaceState(null, '', location.pathname);
  if (!(await openByAddress(href))) currentGate.set((await keptGate()) ?? null);
}

async function start(): Promise<void> {
  try {
    await open();
  } catch (error) {
    // Some browsers have no storage in private windows.
    console.warn('This device cannot keep scans:', error);
    isStorageMissing.set(true);
    return;
  }
  // A phone whose page is open already gets the address of its next gate in the same tab.
  addEventListener('hashchange', () => void open());
  await keepInSync();
}

setClient(SeatlaneOperator);
const root = document.getElementById('page');
if (root) render(html`<${GatePage} />`, root);
// Without TLS a page has neither a camera nor keys.
if (isSecureContext) {
  void start();
  void installWorker();
}
