/** The payment page: two forms without scripts. A person or a program can use it. */
import { html } from 'hono/html';
import type { Checkout } from './books.ts';

type Html = ReturnType<typeof html>;

/** The page of a checkout that is not over: the payment, or the 3-D Secure step. */
export function paymentPage({ state, what, amount, currency, expiresAt }: Checkout): Html {
  const title = state === 'challenged' ? '3-D Secure' : 'Card payment';
  const buttons =
    state === 'challenged'
      ? html`<p>Your bank asks whether you made this payment.</p>
          ${button('confirm', 'Confirm the payment')} ${button('fail', 'Fail the check')}`
      : html`${button('pay', 'Pay')} ${button('challenge', 'Pay with 3-D Secure')}
          ${button('decline', 'Decline the card')}`;
  return layout(
    title,
    html`<p>${what}</p>
      <p class="amount">${formatAmount(amount, currency)}</p>
      <form method="post">${buttons}</form>
      <p>This page expires at ${new Date(expiresAt).toUTCString()}.</p>`,
  );
}

/** A page with one sentence. */
export function messagePage(title: string, sentence: string): Html {
  return layout(title, html`<p>${sentence}</p>`);
}

const button = (action: string, label: string) =>
  html`<button name="action" value="${action}">${label}</button>`;

/**
 * An amount as people read it, such as `₩12,000` or `€12.00`.
 * @param amount in minor units of the currency
 * @param currency three letters (ISO 4217)
 */
export function formatAmount(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 0;
  return format.format(amount / 10 ** digits);
}

function layout(title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Seatlane sandbox</title>
        <style>
          body { margin: 2rem auto; max-width: 26rem; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
          .amount { font-size: 2rem; font-weight: 600; }
          button { display: block; width: 100%; margin: 0.5rem 0; padding: 0.75rem; font: inherit; }
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
          <p><small>Seatlane sandbox: no card is charged, and no real money moves.</small></p>
        </main>
      </body>
    </html>`;
}
