/** The Bull Board dashboard behind a login: looks at lanes, timers and webhooks, and changes nothing. */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { HonoAdapter } from '@bull-board/hono';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Queue } from 'bullmq';
import type { Hono, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { LaneOwnership } from '../../db/reads/lane-owners.ts';

const PATH = '/admin/queues';

export interface BullBoardDeps {
  laneQueues: Iterable<Queue>;
  /** Queues that BullMQ's own workers consume. */
  otherQueues: Iterable<Queue>;
  /** Which worker process owns a lane; undefined where that is unknown. */
  ownershipOf(lane: string): LaneOwnership | undefined;
}

// A job run by hand would overtake its lane; receipts would still hold it to one effect.
const READ_ONLY = { readOnlyMode: true };

/**
 * Names the owner of a lane as its worker. BullMQ finds the workers of a queue by the names of their connections to Redis, but
 * a worker process has one connection for all its lanes.
 */
class LaneAdapter extends BullMQAdapter {
  readonly #ownership: () => LaneOwnership | undefined;

  constructor(queue: Queue, ownership: () => LaneOwnership | undefined) {
    super(queue, READ_ONLY);
    this.#ownership = ownership;
  }

  override async getWorkers(): ReturnType<BullMQAdapter['getWorkers']> {
    const ownership = this.#ownership();
    if (!ownership) return null;
    const { hasOwner, owner, ownedSeconds } = ownership;
    if (!hasOwner || owner === null) return [];
    const [host = owner] = owner.split('/');
    return [{ id: owner, name: owner, addr: host, age: ownedSeconds ?? 0 }];
  }
}

/** @param login lets through operators who have logged in */
export function mountBullBoard(
  app: Hono,
  login: MiddlewareHandler,
  { laneQueues, otherQueues, ownershipOf }: BullBoardDeps,
): void {
  const serverAdapter = new HonoAdapter(serveStatic);
  serverAdapter.setBasePath(PATH);
  createBullBoard({
    queues: [
      ...[...laneQueues].map((queue) => new LaneAdapter(queue, () => ownershipOf(queue.name))),
      ...[...otherQueues].map((queue) => new BullMQAdapter(queue, READ_ONLY)),
    ],
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Seatlane lanes' } },
  });
  for (const path of [PATH, `${PATH}/*`])
    app.use(path, login, loadsNothingFromOutside, ownLinksOnly);
  app.get(`${PATH}/`, (c) => c.redirect(PATH));
  app.route(PATH, serverAdapter.registerPlugin());
}

const loadsNothingFromOutside = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    // Bull Board sets styles on elements.
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'self'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: 'DENY',
});

/** Bull Board's page links to fonts of Google, whose style sheet would hold the page up where it cannot be reached. */
const ownLinksOnly: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.headers.get('content-type')?.startsWith('text/html')) return;
  const page = await c.res.text();
  c.res = new Response(page.replaceAll(/<link\b[^>]*\bhref="https?:[^>]*>/g, ''), c.res);
};
