/** The page's texts in English. Other languages have the same shape. */
import { events } from './en/events.ts';
import { map } from './en/map.ts';
import { nextSteps } from './en/next-steps.ts';
import { orders } from './en/orders.ts';
import { page } from './en/page.ts';
import { problems } from './en/problems.ts';
import { queue } from './en/queue.ts';
import { sale } from './en/sale.ts';

export const en = {
  problems,
  nextSteps,
  ...events,
  ...map,
  ...orders,
  ...page,
  ...queue,
  ...sale,
};

export type Texts = typeof en;
