/**
 * The PostgreSQL session whose advisory locks record which worker process owns which lane.
 *
 * The session is also the heartbeat of the process. PostgreSQL releases its locks when the connection ends, and ends the
 * session after it was idle for SESSION_IDLE_MS, for example because the process is frozen. The statement that takes a
 * lane's lock also raises its epoch, so a session that has ended cannot raise one.
 */
import { randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import { Client } from 'pg';
import { SessionsShared } from '../../src/db/connection/database-fault.ts';
import { KIND_STEP, LANE_LOCKS } from '../../src/db/lanes/lock-keys.ts';
import { LANE_KINDS, type LaneKind, type LaneName } from '../../src/lanes/lanes.ts';

/** First keys of the other two-key advisory locks. The second key is the kind of lane, or random for POOLER_LOCKS. */
const MEMBER_LOCKS = 1_588_002_818;
const POOLER_LOCKS = 1_588_002_819;

/** PostgreSQL ends a session that is idle for this long: its process is frozen or disconnected. */
const SESSION_IDLE_MS = 5000;
/** An owner that gets no response for this long cannot work, and releases its lanes. */
const ANSWER_MS = 3000;
const CONNECT_MS = 5000;

/** The name of this process in the table `lane`, in logs and in pg_stat_activity. */
export const ownerName = `${hostname()}/${process.pid}`;

/** The locks of all worker processes at one moment. */
export interface LaneLocks {
  taken: ReadonlySet<LaneName>;
  /** The sessions that share the lanes of a kind, as the process ids of their PostgreSQL backends. */
  members: ReadonlyMap<LaneKind, readonly number[]>;
  /** The process id of the PostgreSQL backend of this session. */
  pid: number;
}

export class OwnerSession {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Opens a session and joins the workers that share the lanes of these kinds.
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

  /** Reads which session holds which lock. @throws Error when PostgreSQL does not respond within ANSWER_MS */
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
   * Locks up to `max` free lanes and raises their epochs.
   *
   * A former owner's batch may still be in flight; it holds the rows of its lanes `for share` until it commits. Such a
   * lane is skipped rather than awaited, because the session must not become idle.
   * @param lanes lanes that appeared to have no owner
   * @param max maximum of lanes to take
   * @returns the new epochs of the taken lanes
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

  /** Ends the session, which releases its locks. Never rejects. May never resolve if the connection is dead. */
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

/** Closes the connection if a step of opening it fails, because a leaked session would count as a member. */
async function orEnd<Result>(client: Client, step: Promise<Result>): Promise<Result> {
  return step.catch((error) => {
    client.end().catch(() => undefined);
    throw error;
  });
}

/**
 * Checks that two connections are separate sessions that see each other's locks. A pooler in transaction mode breaks
 * this: session locks get lost, and two processes could own one lane.
 * @throws {SessionsShared} or Error when PostgreSQL cannot be reached
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
      throw new SessionsShared();
    }
  } finally {
    await Promise.all([one.end(), other.end()]);
  }
}
