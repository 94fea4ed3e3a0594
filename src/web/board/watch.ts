/** Polls the board's figures once a second while the page is visible, with an operator's token. */

import type { ListedCardRefund, WaitingQueue } from '../../client/index.ts';
import { Connection } from '../../client/transport/connection.ts';
import { sleep } from '../../client/transport/sleep.ts';
import { callApi, codeOf } from '../api.ts';
import { serverNow } from '../clock.ts';
import { fetchWhenOnline } from '../network.ts';
import { HOUSE_QUEUE, signOut, user } from '../session.ts';
import { makeKeptStore, makeStore } from '../store.ts';
import { add, type Reading, toReading } from './rush/history.ts';
import { PollOrder } from './rush/poll-order.ts';

/** The response of `GET /admin/figures`. */
export interface Figures {
  schedules: {
    id: number;
    title: string;
    startAt: string;
    /** Of the venue, a name of the IANA database. */
    timeZone: string;
    available: number;
    held: number;
    sold: number;
    blocked: number;
  }[];
  cancellations: {
    scheduleId: number;
    title: string;
    startAt: string;
    /** Of the venue, a name of the IANA database. */
    timeZone: string;
    orders: number;
    refunded: number;
    pending: number;
    failed: number;
    holds: number;
  }[];
  /** The newest refunds to cards that failed. */
  failedRefunds: ListedCardRefund[];
  lanes: { name: string; owner: string | null }[];
  /** All waiting queues, by id. */
  queues: {
    id: number;
    name: string;
    state: WaitingQueue['state'];
    opensAt: string | null;
    admitLimit: number;
    admitWindowSeconds: number;
    maxActive: number;
    waiting: number;
    active: number;
    admittedLastMinute: number;
  }[];
}

/** The response of `GET /admin/session`. */
interface Session {
  accessToken: string | null;
  /** In seconds. */
  expiresIn?: number;
}

export const history = makeStore<Reading[]>([]);
export const figures = makeStore<Figures | null>(null);
/** The queue whose admission the board shows and changes. */
export const chosenQueue = makeKeptStore('board-queue', HOUSE_QUEUE);
/** True if the API cannot issue a token itself, so that the operator has to paste one. */
export const isTokenNeeded = makeStore(false);
/** The error of the last poll, or null. */
export const lastError = makeStore<unknown>(null);

const POLL_MS = 1000;
const ANSWER_SECONDS_MAX = 10;
/** The server counts seats every two seconds. */
const POLLS_PER_FIGURE = 2;

export async function watch(): Promise<never> {
  for (let count = 0; ; count += 1) {
    if (document.visibilityState === 'visible') await poll(count % POLLS_PER_FIGURE === 0);
    await sleep(POLL_MS);
  }
}

const order = new PollOrder();

/** Shows another queue, at once. */
export function choose(queueId: number): void {
  chosenQueue.set(queueId);
  void poll(false);
}

async function poll(withFigures: boolean): Promise<void> {
  const queueId = chosenQueue.get();
  const current = order.begin(queueId);
  try {
    if (!user.get()) await signIn();
    // If that fails, the present token is good for a while.
    else if (serverNow() >= renewAtMs) await signIn().catch(() => undefined);
    if (!user.get()) return;
    const [admission, metrics] = await Promise.all([
      callApi((seatlane) => seatlane.admission({ queueId }), { retries: 0 }),
      readMetrics(),
      withFigures && readFigures(),
    ]);
    if (!order.counts(current, chosenQueue.get())) return;
    history.set(add(history.get(), toReading(performance.now(), admission, metrics)));
    lastError.set(null);
  } catch (error) {
    // For example, the queue that the operator has left does not exist.
    if (!order.counts(current, chosenQueue.get())) return;
    // An expired token was already dropped by callApi, so the next poll signs in again.
    if (codeOf(error) === 'FORBIDDEN') signOut();
    // The tab remembers a queue of another database.
    if (codeOf(error) === 'QUEUE_NOT_FOUND') chosenQueue.set(HOUSE_QUEUE);
    lastError.set(error);
  }
}

/** The part of a token's time after which another one is fetched. */
const RENEWED_AFTER = 0.8;

/** When to fetch another token, by `serverNow`: at once for a token of which a reloaded tab does not know how old it is. */
let renewAtMs = 0;

/** Takes a token that the API issues. If it issues none, the one that the operator has pasted stays. */
async function signIn(): Promise<void> {
  const { accessToken, expiresIn = 0 } = (await fetchBehindLogin('/admin/session')) as Session;
  isTokenNeeded.set(accessToken === null);
  const isIssued = accessToken !== null;
  renewAtMs = isIssued ? serverNow() + expiresIn * 1000 * RENEWED_AFTER : Number.POSITIVE_INFINITY;
  if (isIssued) user.set({ accessToken, subject: 'operator', name: 'operator' });
}

async function readFigures(): Promise<void> {
  figures.set((await fetchBehindLogin('/admin/figures')) as Figures);
}

async function readMetrics(): Promise<string> {
  const { body } = await connection.exchange<string>({
    method: 'GET',
    path: '/metrics',
    isText: true,
  });
  return body;
}

/** Reads what the client package has no method for. One try each, because the next poll follows. */
const connection = new Connection({
  baseUrl: '',
  fetch: fetchWhenOnline,
  timeoutSeconds: ANSWER_SECONDS_MAX,
});

/** The browser adds the operator's HTTP Basic login, unless the request has an `Authorization` header. */
async function fetchBehindLogin(path: string): Promise<unknown> {
  return (await connection.exchange({ method: 'GET', path })).body;
}
