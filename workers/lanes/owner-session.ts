/**
 * The PostgreSQL session whose advisory locks say which worker process owns which lane.
 *
 * The session is the process's sign of life: PostgreSQL releases its locks when the connection ends, and ends the
 * session after SESSION_IDLE_MS of silence, as that of a frozen process. A lane's epoch is raised in the
 * statement that takes its lock, so a session that has ended can never raise one.
 */
import { randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import { Client } from 'pg';
import { KIND_STEP, LANE_LOCKS } from '../../src/db/lanes/lock-keys.ts';
import { LANE_KINDS, type LaneKind, type LaneName } from '../../src/lanes/lanes.ts';

/** The first halves of the keys of our other advisory locks; the second half is the kind of lanes. */
const MEMBER_LOCKS = 1_588_002_818;
const POOLER_LOCKS = 1_588_002_819;

/** PostgreSQL ends a session that is silent for so long: its process is frozen or cut off. */
const SESSION_IDLE_MS = 5000;
/** An owner that gets no answer for so long cannot do its work, and gives its lanes up. */
const ANSWER_MS = 3000;
const CONNECT_MS = 5000;

/** The name of this process in the table `lane`, in logs and in pg_stat_activity. */
export const ownerName = `${hostname()}/${process.pid}`;

/** The locks of all worker processes at one moment. */
export interface LaneLocks {
  taken: ReadonlySet<LaneName>;
  /** The sessions that share the lanes of a kind, by the process id of their server process. */
  members: ReadonlyMap<LaneKind, readonly number[]>;
  /** The process id of the server process behind this connection. */
  pid: number;
}

export class OwnerSession {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Opens a session and joins those that share the lanes of these kinds.
   * @param onEnd called when PostgreSQL ends the session or the connection breaks
   * @throws Error when PostgreSQL cannot be reached
   */
  static async open(
    databaseUrl: string,
    kinds: readonly LaneKind[],
    onEnd: (session: OwnerSession, error: Error) => void,
  ): Promise<OwnerSession> {
    const client = await connect(databaseUrl);
    const session = new OwnerSession(client);
    client.on('error', (error) => onEnd(session, error));
    const join = 'select pg_advisory_lock_shared($1, kind) from unnest($2::int[]) kind';
    await orEnd(client, client.query(join, [MEMBER_LOCKS, kinds.map(keyOfKind)]));
    return session;
  }

  /** Who holds which lock now. @throws Error when PostgreSQL does not answer within ANSWER_MS */
  async locks(): Promise<LaneLocks> {
    const { rows } = await this.#client.query<LockRow>(
      `select classid, objid, pid, pg_backend_pid() as me from pg_locks
       where locktype = 'advisory' and granted and objsubid = 2 and classid = any($1::oid[])
         and database = (select oid from pg_database where datname = current_database())`,
      [[LANE_LOCKS, MEMBER_LOCKS]],
    );
    return toLocks(rows);
  }

  /**
   * Takes the locks of so many lanes that are free, and raises their epochs.
   *
   * A former owner's batch may still be under way: it holds its lanes' rows `for share` until its commit. Such a
   * lane is skipped, and not waited for, because the session must not fall silent.
   * @param lanes those that nobody seemed to own
   * @param max how many to take at most
   * @returns the epochs of the lanes that were taken
   */
  async take(lanes: readonly LaneName[], max: number): Promise<Map<LaneName, number>> {
    const { rows } = await this.#client.query<{ name: LaneName; epoch: string }>(
      `with wanted as materialized (
         select name, key from unnest($2::text[], $3::int[]) as wanted(name, key)
       ), idle as materialized (
         select lane.name, key from lane join wanted on wanted.name = lane.name
         where in_use order by lane.name limit $5 for update of lane skip locked
       ), won as materialized (
         select name from idle where pg_try_advisory_lock($1, key)
       )
       update lane set epoch = epoch + 1, owner = $4, taken_at = now()
       from won where lane.name = won.name returning lane.name, epoch`,
      [LANE_LOCKS, lanes, lanes.map(keyOfLane), ownerName, max],
    );
    return new Map(rows.map(({ name, epoch }) => [name, Number(epoch)]));
  }

  /** Unlocks lanes, so that other processes can take them. */
  async release(lanes: readonly LaneName[]): Promise<void> {
    await this.#client.query('select pg_advisory_unlock($1, key) from unnest($2::int[]) key', [
      LANE_LOCKS,
      lanes.map(keyOfLane),
    ]);
  }

  /** Ends the session; its locks go with it. Never rejects. A connection that was cut off may never answer. */
  async end(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }
}

interface LockRow {
  classid: string;
  objid: string;
  pid: number;
  me: number;
}

function toLocks(rows: readonly LockRow[]): LaneLocks {
  const taken = new Set<LaneName>();
  const members = new Map<LaneKind, number[]>();
  for (const { classid, objid, pid } of rows) {
    const kind = LANE_KINDS[Math.floor(Number(objid) / KIND_STEP)] as LaneKind;
    if (Number(classid) === MEMBER_LOCKS) members.set(kind, [...(members.get(kind) ?? []), pid]);
    else taken.add(`${kind}-${Number(objid) % KIND_STEP}`);
  }
  return { taken, members, pid: rows[0]?.me ?? 0 };
}

function keyOfKind(kind: LaneKind): number {
  return LANE_KINDS.indexOf(kind) * KIND_STEP;
}

function keyOfLane(lane: LaneName): number {
  const [kind, number] = lane.split('-');
  return keyOfKind(kind as LaneKind) + Number(number);
}

async function connect(databaseUrl: string): Promise<Client> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: `seatlane-owner ${ownerName}`,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
  });
  client.on('error', () => undefined);
  await orEnd(client, client.connect());
  await orEnd(client, client.query(`set idle_session_timeout = ${SESSION_IDLE_MS}`));
  return client;
}

/** Ends the connection where a step of opening it fails: a session that nobody knows of would count as a member. */
async function orEnd<Result>(client: Client, step: Promise<Result>): Promise<Result> {
  return step.catch((error) => {
    client.end().catch(() => undefined);
    throw error;
  });
}

/**
 * Checks that two connections are two sessions that see each other's locks. Behind a pooler in transaction mode they
 * are not: locks vanish there, and two processes would own one lane.
 * @throws Error where the sessions are shared
 */
export async function refuseSharedSessions(databaseUrl: string): Promise<void> {
  const [one, other] = await Promise.all([connect(databaseUrl), connect(databaseUrl)]);
  try {
    const lock = 'select pg_try_advisory_lock($1, $2) as locked, pg_backend_pid() as pid';
    const key = [POOLER_LOCKS, randomInt(2 ** 31)];
    const mine = (await one.query(lock, key)).rows[0];
    const others = (await other.query(lock, key)).rows[0];
    const later = (await one.query('select pg_backend_pid() as pid')).rows[0];
    if (!mine.locked || others.locked || mine.pid === others.pid || mine.pid !== later.pid) {
      throw new Error(
        'DATABASE_URL leads to a pooler that shares sessions (transaction mode). Worker processes own lanes by session locks, which vanish there: give them a direct connection.',
      );
    }
  } finally {
    await Promise.all([one.end(), other.end()]);
  }
}
