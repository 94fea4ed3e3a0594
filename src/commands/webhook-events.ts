/** Events that no command causes, of which webhooks can be told. */

/** In the order in which docs/outcomes.md explains them. */
export const WEBHOOK_EVENTS = [
  'hold-expired',
  'user-admitted',
  'entry-expired',
  'entry-unclaimed',
  'draw-made',
] as const;

export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];
