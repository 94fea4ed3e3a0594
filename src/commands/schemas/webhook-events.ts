/** The events that a webhook can receive besides the outcomes of commands. */

/** In the order of docs/outcomes.md. */
export const WEBHOOK_EVENTS = [
  'hold-expired',
  'user-admitted',
  'entry-expired',
  'entry-unclaimed',
  'entry-away',
  'entry-sold-out',
  'entry-closed',
  'draw-made',
] as const;

export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];
