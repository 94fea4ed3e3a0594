/** Installs the service worker, which keeps the files of this page for a reload without a network. */
import { makeStore } from '../../store.ts';

/** Whether the page opens without a network. */
export const opensOffline = makeStore(false);

/** The part of Trusted Types that is used here; the page's policy allows no other name. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    createScriptURL(url: string): string;
  };
}

const ADDRESS = '/gate/sw.js';

/** Without a service worker, as in a private window of some browsers, the page still works while it stays open. */
export async function installWorker(): Promise<void> {
  if (!navigator.serviceWorker) return;
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('seatlane-gate', {
    // The only script that this policy ever names.
    createScriptURL: () => ADDRESS,
  });
  const address = policy?.createScriptURL(ADDRESS) ?? ADDRESS;
  try {
    await navigator.serviceWorker.register(address, { scope: '/gate' });
    await navigator.serviceWorker.ready;
    opensOffline.set(true);
  } catch (error) {
    console.warn('The page will not open without a network:', error);
  }
}
