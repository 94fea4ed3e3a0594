/** What an admitted user of the large sale is going to do, drawn at random. */
import type { SalePlan, Shares } from './plan.ts';

export interface BuyerPlan {
  /** How many places the user wants at first. */
  quantity: number;
  /** Whether the user takes the best available seats. */
  takesBest: boolean;
  ending: 'pays' | 'gives back' | 'abandons';
  method: 'points' | 'card';
  /** What the user does on the payment page. */
  onPage: 'pay' | 'challenge' | 'decline';
}

/** The share of orders of one, two, three and four places. */
const QUANTITIES = [0.3, 0.45, 0.1, 0.15];

/** @param random returns a number in [0, 1) */
export function drawBuyer({ shares }: Pick<SalePlan, 'shares'>, random: () => number): BuyerPlan {
  return {
    quantity: drawQuantity(random()),
    takesBest: random() < shares.best,
    ending: drawEnding(shares, random()),
    method: random() < shares.card ? 'card' : 'points',
    onPage: drawOnPage(shares, random()),
  };
}

function drawQuantity(drawn: number): number {
  let sum = 0;
  const index = QUANTITIES.findIndex((share) => {
    sum += share;
    return drawn < sum;
  });
  return index < 0 ? QUANTITIES.length : index + 1;
}

function drawEnding({ givesBack, abandons }: Shares, drawn: number): BuyerPlan['ending'] {
  if (drawn < givesBack) return 'gives back';
  return drawn < givesBack + abandons ? 'abandons' : 'pays';
}

function drawOnPage({ declined, challenged }: Shares, drawn: number): BuyerPlan['onPage'] {
  if (drawn < declined) return 'decline';
  return drawn < declined + challenged ? 'challenge' : 'pay';
}

/** A time to think, in s: half to one and a half times the mean. */
export function drawThinking(meanSeconds: number, random: () => number): number {
  return meanSeconds * (0.5 + random());
}
