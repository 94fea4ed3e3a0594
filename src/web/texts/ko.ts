/** The page's texts in Korean. */
import type { Texts } from './en.ts';
import { events } from './ko/events.ts';
import { map } from './ko/map.ts';
import { nextSteps } from './ko/next-steps.ts';
import { orders } from './ko/orders.ts';
import { page } from './ko/page.ts';
import { problems } from './ko/problems.ts';
import { queue } from './ko/queue.ts';
import { sale } from './ko/sale.ts';

export const ko: Texts = {
  problems,
  nextSteps,
  ...events,
  ...map,
  ...orders,
  ...page,
  ...queue,
  ...sale,
};
