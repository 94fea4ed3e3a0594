/** The states of orders, in the order in which an order can have them. */
import type { Order } from '../../../client/index.ts';

export const STATES: readonly Order['state'][] = [
  'held',
  'paid',
  'partly-refunded',
  'refunded',
  'cancelled',
  'expired',
];
