/** The Bull Board dashboard behind the operators' login: a read-only view of lanes, timers, webhooks and payments. */
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
  /** Queues that are consumed by BullMQ workers. */
  otherQueues: Iterable<Queue>;
  /** Which worker process owns a lane; undefined if that is unknown. */
  ownershipOf(lane: string): LaneOwnership | undefined;
}

// A manually retried job would overtake its lane, although its receipt still prevents a second effect.
const READ_ONLY = { readOnlyMode: true };

/**
 * Shows a lane's owner as its worker. BullMQ finds a queue's workers by the names of their Redis connections, but our
 * worker process uses one connection for all its lanes.
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

/** @param login the middleware that admits operators only */
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
  for (const path of [PATH, `${PATH}/*`]) app.use(path, login, sameOriginOnly, removeExternalLinks);
  app.get(`${PATH}/`, (c) => c.redirect(PATH));
  app.route(PATH, serverAdapter.registerPlugin());
}

const sameOriginOnly = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    // Bull Board uses inline styles.
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'self'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: 'DENY',
});

/** Bull Board's page links to Google Fonts, and would not render until an unreachable style sheet times out. */
const removeExternalLinks: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.headers.get('content-type')?.startsWith('text/html')) return;
  const page = await c.res.text();
  c.res = new Response(page.replaceAll(/<link\b[^>]*\bhref="https?:[^>]*>/g, ''), c.res);
};
