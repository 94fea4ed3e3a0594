/** The types of payments, and of the rules of the sale; a test keeps them equal to the API's schemas. */

/** A card payment: of an order, or a top-up of points. */
export interface Checkout {
  id: number;
  /** null for a top-up. */
  orderId: number | null;
  provider: 'sandbox' | 'stripe';
  /** In minor units of the currency; one is one point. */
  amount: number;
  /** ISO 4217. */
  currency: string;
  /**
   * `opening`: the payment page is not there yet. `credited`: the money was added to the points, and paid no order. `refunding`,
   * `refunded`: it goes or went back to the card.
   */
  state:
    | ('opening' | 'open' | 'paid' | 'credited' | 'failed' | 'expired')
    | ('refunding' | 'refunded');
  /** The payment page; null until it is open. */
  redirectUrl: string | null;
  /** The end of the page. */
  expiresAt: string;
  createdAt: string;
}

/** What a user paid for an order, or what goes back. */
export interface OrderPayment {
  id: number;
  kind: 'payment' | 'refund';
  /** Where the money came from, or goes back to. It goes back the way it came. */
  method: 'points' | 'card';
  /** In points, or in minor units of the currency; one is one point. */
  amount: number;
  /** ISO 4217; null for points. */
  currency: string | null;
  /** The one booking that was paid or refunded; null if there were more. */
  bookingId: number | null;
  /**
   * `done`, unless it is a refund to a card: `pending` until the provider has accepted it, `failed` if operators must decide,
   * `credited` if it was given back in points, `elsewhere` if it was paid back outside this system.
   */
  state: 'pending' | 'done' | 'failed' | 'credited' | 'elsewhere';
  createdAt: string;
}

/** The rules of the sale, as the operators have configured them. */
export interface PublicSettings {
  /** ISO 4217. One point is one minor unit. */
  currency: string;
  /** Whether buyers can pay by card. */
  hasCards: boolean;
  /** Whether every user may add points without money. */
  isChargingOpen: boolean;
  /** How long places are held. */
  holdSeconds: number;
  /** Buyers can get a refund until this long before the performance starts. */
  cancelUntilHours: number;
  /** Held and paid places of a user for one performance. */
  maxSeatsPerUser: number;
}
