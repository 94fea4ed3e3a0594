/**
 * Who owns which lane: shares the lanes fairly among the worker processes, and takes over those of a
 * process that has gone.
 *
 * A lane's owner holds a PostgreSQL session advisory lock on it, over a connection of its own. When
 * the process dies, the server frees the lock with the connection; when it is frozen, the server ends
 * the idle session after SESSION_IDLE_MS. Each process also holds a shared lock that makes it a member,
 * so everybody can count the members in `pg_locks` and knows its share without asking anyone.
 *
 * The lock says who should consume. What makes it safe is the epoch: taking a lane over raises it,
 * and a batch under a lower one commits nothing.
 */
import { randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import { Client } from 'pg';
import type { Logger } from 'pino';
import { KIND_STEP, LANE_LOCKS } from '../src/db/lane-locks.ts';
import { LANE_KINDS, type LaneKind, type LaneName } from '../src/lanes/lanes.ts';

/** The first halves of our other advisory lock keys; the second is the kind of lanes. */
const MEMBER_LOCKS = 1_588_002_818;
const POOLER_LOCKS = 1_588_002_819;

const POLL_MS = 500;
/** A session that is silent for so long belongs to a process that is frozen or cut off. */
const SESSION_IDLE_MS = 5000;
const RECONNECT_MS = 300;

export interface LaneOwnerDeps {
  databaseUrl: string;
  /** The lanes that this process may own. */
  lanes: readonly LaneName[];
  log: Logger;
  /** A lane is ours: starts its loop. */
  take(lane: LaneName): void;
  /** Ends the loop of a lane and resolves when it has finished its batch. */
  give(lane: LaneName): Promise<void>;
  /** The locks are gone with the session: stops the loops now. */
  lose(): Promise<void>;
}

/** The name of this process in the table of lanes, in logs and in pg_stat_activity. */
export const ownerName = `${hostname()}/${process.pid}`;

export class LaneOwner {
  readonly #deps: LaneOwnerDeps;
  readonly #kinds: LaneKind[];
  readonly #owned = new Set<LaneName>();
  #client: Client | undefined;
  #isStopping = false;
  #running: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;

  constructor(deps: LaneOwnerDeps) {
    this.#deps = deps;
    this.#kinds = LANE_KINDS.filter((kind) => deps.lanes.some((lane) => lane.startsWith(kind)));
  }

  get owned(): ReadonlySet<LaneName> {
    return this.#owned;
  }

  /** Whether the session that holds the locks is there; without it this process owns nothing. */
  get isConnected(): boolean {
    return this.#client !== undefined;
  }

  /**
   * Joins the other processes and begins to take lanes.
   * @throws Error when PostgreSQL is behind a pooler that shares sessions, or cannot be reached
   */
  async start(): Promise<void> {
    await refuseSharedSessions(this.#deps.databaseUrl);
    this.#client = await this.#connect();
    this.#running = this.#run();
  }

  /** Gives every lane back after its batch and leaves. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake();
    await this.#running;
    await Promise.all([...this.#owned].map((lane) => this.#deps.give(lane)));
    this.#owned.clear();
    // The locks go with the session: the others find the lanes free at once.
    await this.#client?.end().catch(() => undefined);
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      try {
        this.#client ??= await this.#connect();
        await this.#rebalance(this.#client);
      } catch (error) {
        if (this.#client) await this.#loseAll(error);
      }
      await this.#pause(this.#client ? POLL_MS : RECONNECT_MS);
    }
  }

  async #connect(): Promise<Client> {
    const client = await openSession(this.#deps.databaseUrl);
    client.on('error', (error) => client === this.#client && this.#loseAll(error));
    const kinds = this.#kinds.map(kindKey);
    await client.query('select pg_advisory_lock_shared($1, kind) from unnest($2::int[]) kind', [
      MEMBER_LOCKS,
      kinds,
    ]);
    return client;
  }

  /** Gives back what is above this process's share; takes free lanes up to it. */
  async #rebalance(client: Client): Promise<void> {
    const { taken, members, pid } = await readLocks(client);
    for (const kind of this.#kinds) {
      const lanes = this.#deps.lanes.filter((lane) => lane.startsWith(kind));
      const mine = lanes.filter((lane) => this.#owned.has(lane));
      const share = shareOf(pid, members.get(kind) ?? [pid], lanes.length);
      const surplus = mine.slice(share);
      if (surplus.length > 0) await this.#giveBack(client, surplus);
      const free = lanes.filter((lane) => !taken.has(lane) && !this.#owned.has(lane));
      if (mine.length < share) await this.#takeSome(client, free.slice(0, share - mine.length));
    }
  }

  async #takeSome(client: Client, lanes: readonly LaneName[]): Promise<void> {
    if (lanes.length === 0) return;
    const { rows } = await client.query<{ lane: LaneName; locked: boolean }>(
      `select lane, pg_try_advisory_lock($1, key) as locked
       from unnest($2::text[], $3::int[]) as wanted(lane, key)`,
      [LANE_LOCKS, lanes, lanes.map(laneKey)],
    );
    const won = rows.filter((row) => row.locked).map((row) => row.lane);
    for (const lane of won) {
      this.#owned.add(lane);
      this.#deps.take(lane);
    }
    if (won.length > 0) this.#deps.log.info({ lanes: won }, 'Took lanes.');
  }

  async #giveBack(client: Client, lanes: readonly LaneName[]): Promise<void> {
    await Promise.all(lanes.map((lane) => this.#deps.give(lane)));
    for (const lane of lanes) this.#owned.delete(lane);
    await client.query('select pg_advisory_unlock($1, key) from unnest($2::int[]) key', [
      LANE_LOCKS,
      lanes.map(laneKey),
    ]);
    this.#deps.log.info({ lanes }, 'Gave lanes back, to share them with other processes.');
  }

  async #loseAll(error: unknown): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    const lanes = [...this.#owned];
    this.#owned.clear();
    const about = { err: error, lanes };
    this.#deps.log.error(
      about,
      'Lost the session that owns the lanes; stopped them, reconnecting.',
    );
    // A session that was cut off may never answer; nothing waits for its farewell.
    client?.end().catch(() => undefined);
    await this.#deps.lose();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** How many of `lanes` a member owns: all shares differ by one at most, and all agree on them. */
export function shareOf(pid: number, members: readonly number[], lanes: number): number {
  const sorted = members.toSorted((a, b) => a - b);
  const rank = sorted.indexOf(pid);
  if (rank < 0) return 0;
  return Math.floor(lanes / sorted.length) + (rank < lanes % sorted.length ? 1 : 0);
}

interface Locks {
  taken: Set<LaneName>;
  members: Map<LaneKind, number[]>;
  pid: number;
}

async function readLocks(client: Client): Promise<Locks> {
  const { rows } = await client.query<{ classid: string; objid: string; pid: number; me: number }>(
    `select classid, objid, pid, pg_backend_pid() as me from pg_locks
     where locktype = 'advisory' and granted and objsubid = 2 and classid = any($1::oid[])
       and database = (select oid from pg_database where datname = current_database())`,
    [[LANE_LOCKS, MEMBER_LOCKS]],
  );
  const locks: Locks = { taken: new Set(), members: new Map(), pid: rows[0]?.me ?? 0 };
  for (const { classid, objid, pid } of rows) {
    const kind = LANE_KINDS[Math.floor(Number(objid) / KIND_STEP)] as LaneKind;
    if (Number(classid) === MEMBER_LOCKS) {
      locks.members.set(kind, [...(locks.members.get(kind) ?? []), pid]);
    } else {
      locks.taken.add(`${kind}-${Number(objid) % KIND_STEP}`);
    }
  }
  return locks;
}

function kindKey(kind: LaneKind): number {
  return LANE_KINDS.indexOf(kind) * KIND_STEP;
}

function laneKey(lane: LaneName): number {
  const [kind, number] = lane.split('-');
  return kindKey(kind as LaneKind) + Number(number);
}

async function openSession(databaseUrl: string): Promise<Client> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: `seatlane-owner ${ownerName}`,
    keepAlive: true,
    connectionTimeoutMillis: 5000,
    query_timeout: SESSION_IDLE_MS,
  });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`set idle_session_timeout = ${SESSION_IDLE_MS}`);
  return client;
}

/**
 * Advisory locks of a session vanish behind a pooler in transaction mode, and two processes would own
 * one lane. So two connections must be two sessions that see each other's locks.
 * @throws Error with a sentence that says so
 */
async function refuseSharedSessions(databaseUrl: string): Promise<void> {
  const [one, other] = await Promise.all([openSession(databaseUrl), openSession(databaseUrl)]);
  try {
    const lock = 'select pg_try_advisory_lock($1, $2) as locked, pg_backend_pid() as pid';
    const key = [POOLER_LOCKS, randomInt(2 ** 31)];
    const mine = (await one.query(lock, key)).rows[0];
    const others = (await other.query(lock, key)).rows[0];
    const later = (await one.query('select pg_backend_pid() as pid')).rows[0];
    if (!mine.locked || others.locked || mine.pid === others.pid || mine.pid !== later.pid) {
      throw new Error(
        'DATABASE_URL leads to a pooler that shares sessions (transaction mode): worker processes own lanes by session locks, which vanish there. Give them a direct connection.',
      );
    }
  } finally {
    await Promise.all([one.end(), other.end()]);
  }
}
