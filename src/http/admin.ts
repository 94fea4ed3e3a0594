/** The Bull Board dashboard behind a login: looks at lanes and timers, and changes nothing. */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { HonoAdapter } from '@bull-board/hono';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Queue } from 'bullmq';
import type { Hono, MiddlewareHandler } from 'hono';

const PATH = '/admin/queues';

/** @param login lets through operators who have logged in */
export function mountBullBoard(app: Hono, login: MiddlewareHandler, queues: Iterable<Queue>): void {
  const serverAdapter = new HonoAdapter(serveStatic);
  serverAdapter.setBasePath(PATH);
  createBullBoard({
    // A job run by hand would overtake its lane; receipts would still hold it to one effect.
    queues: [...queues].map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Seatlane lanes' } },
  });
  for (const path of [PATH, `${PATH}/*`]) app.use(path, login);
  app.get(`${PATH}/`, (c) => c.redirect(PATH));
  app.route(PATH, serverAdapter.registerPlugin());
}
