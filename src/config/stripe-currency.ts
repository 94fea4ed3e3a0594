/**
 * The minor units of currencies at Stripe (https://docs.stripe.com/currencies#zero-decimal). One point is one minor unit by `Intl`, as
 * pages show it, and goes to Stripe as it is: where the two count differently, a buyer would pay another amount than the page shows.
 */

/** UGX and ISK are not among them: Stripe takes them in hundredths, of which only whole hundreds are valid. */
const ZERO_DECIMAL = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' ');
/** Browsers that follow ISO 4217 show them with two decimal digits, others with none. */
const SHOWN_DIFFERENTLY = ['MGA'];
/** The last digit of their amounts must be 0. */
const THREE_DECIMAL = 'BHD JOD KWD OMR TND'.split(' ');

/** Decimal digits of an amount of `currency` (ISO 4217) at Stripe. */
function stripeDigits(currency: string): 0 | 2 | 3 {
  if (ZERO_DECIMAL.includes(currency)) return 0;
  return THREE_DECIMAL.includes(currency) ? 3 : 2;
}

/** Decimal digits of an amount of `currency` (ISO 4217) on our pages. */
function shownDigits(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 0;
}

/** Why `currency` (ISO 4217) cannot be sold in through Stripe: the end of a sentence. false if it can. */
export function stripeCurrencyFault(currency: string): string | false {
  const charged = stripeDigits(currency);
  const shown = shownDigits(currency);
  if (charged !== shown) {
    return `Stripe counts that currency with ${charged} decimal digits and pages show it with ${shown}, so buyers would pay another amount than they see.`;
  }
  if (SHOWN_DIFFERENTLY.includes(currency)) {
    return 'browsers show amounts of that currency with different numbers of decimal digits, so buyers could pay another amount than they see.';
  }
  return (
    charged === 3 &&
    'Stripe refuses amounts of that currency whose last of three decimal digits is not 0.'
  );
}
