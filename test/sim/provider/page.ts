/** What a buyer does on a payment page. */
import type { Random } from '../host/random.ts';

/** Pays, with or without the bank's question, or declines, or closes the page. Never rejects: the answer may be lost. */
export async function payOnPage(address: string, random: Random): Promise<void> {
  const actions = random.weighted<string[]>([
    [6, ['pay']],
    [2, ['challenge', 'confirm']],
    [1, ['challenge']],
    [1, ['challenge', 'fail']],
    [2, ['decline']],
    [1, []],
    [1, ['pay', 'pay']],
  ]);
  for (const action of actions) {
    const body = new URLSearchParams({ action }).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    await fetch(address, { method: 'POST', headers, body, redirect: 'manual' }).catch(
      () => undefined,
    );
  }
}
