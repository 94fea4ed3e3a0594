/** Keeps the board's figures: asks for an operator's token, then looks once a second while somebody sees it. */
import { Connection } from '../../client/connection.ts';
import { Interrupted } from '../../client/index.ts';
import { sleep } from '../../client/sleep.ts';
import { ask, codeOf } from '../api.ts';
import { sendOnLine } from '../line.ts';
import { signOut, user } from '../session.ts';
import { makeStore } from '../store.ts';
import { add, type Reading, toReading } from './history.ts';

/** As `GET /admin/figures` answers. */
export interface Figures {
  schedules: {
    id: number;
    title: string;
    startAt: string;
    available: number;
    held: number;
    sold: number;
    blocked: number;
  }[];
  lanes: { name: string; owner: string | null }[];
}

export const history = makeStore<Reading[]>([]);
export const figures = makeStore<Figures | null>(null);
/** null: the API has nothing to sign one with, so somebody has to bring it. */
export const isTokenNeeded = makeStore(false);
/** What went wrong at the last look, if anything. */
export const trouble = makeStore<unknown>(null);

const LOOK_MS = 1000;
/** Seats are counted on the server every two seconds. */
const LOOKS_A_FIGURE = 2;

export async function watch(): Promise<never> {
  for (let turn = 0; ; turn += 1) {
    if (document.visibilityState === 'visible') await look(turn % LOOKS_A_FIGURE === 0);
    await sleep(LOOK_MS, undefined);
  }
}

async function look(isFigureTurn: boolean): Promise<void> {
  try {
    if (!user.get()) await signIn();
    if (!user.get()) return;
    const [admission, metrics] = await Promise.all([
      ask((seatlane) => seatlane.admission(), { retries: 0 }),
      readMetrics(),
      isFigureTurn && readFigures(),
    ]);
    history.set(add(history.get(), toReading(performance.now(), admission, metrics)));
    trouble.set(null);
  } catch (error) {
    // A token that has run out has been put away by now, and the next look asks for another.
    if (codeOf(error) === 'FORBIDDEN') signOut();
    trouble.set(error);
  }
}

async function signIn(): Promise<void> {
  const { accessToken } = (await fetchBehindLogin('/admin/session')) as { accessToken: string };
  isTokenNeeded.set(accessToken === null);
  if (accessToken !== null) user.set({ accessToken, subject: 'operator', name: 'operator' });
}

async function readFigures(): Promise<void> {
  figures.set((await fetchBehindLogin('/admin/figures')) as Figures);
}

async function readMetrics(): Promise<string> {
  try {
    return await (await fetch('/metrics')).text();
  } catch (error) {
    throw new Interrupted(error);
  }
}

/** The browser sends the login by itself, as long as there is no token in its place. */
async function fetchBehindLogin(path: string): Promise<unknown> {
  const connection = new Connection({ baseUrl: '', fetch: sendOnLine });
  return (await connection.exchange({ method: 'GET', path })).body;
}
