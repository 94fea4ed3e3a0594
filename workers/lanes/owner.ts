/**
 * Decides which lanes this worker process owns: it shares the lanes fairly with the other worker processes and takes
 * over those of a process that has gone.
 *
 * The locks of an OwnerSession say who should consume a lane; every process counts the members among the locks and so
 * knows its share. What makes ownership safe is the lane's epoch: taking a lane raises it, and a batch under a lower epoch
 * commits nothing. So a lane whose lock is lost can be left at once, in the middle of its batch.
 *
 * A process that cannot reach PostgreSQL or Redis for three seconds gives its lanes up, and comes back when it can.
 */
import type { Logger } from 'pino';
import { LANE_KINDS, type LaneKind, type LaneName } from '../../src/lanes/lanes.ts';
import type { OwnedLane } from '../batch/batch.ts';
import { LaneLost } from '../batch/faults.ts';
import { Sleep } from '../pause.ts';
import { OwnerSession, refuseSharedSessions } from './owner-session.ts';
import { shareOf } from './share.ts';

const POLL_MS = 500;
const RECONNECT_MS = 300;

export interface LaneOwnerDeps {
  databaseUrl: string;
  /** The lanes that this process may own. */
  lanes: readonly LaneName[];
  log: Logger;
  /** Consumes a lane until its signal is aborted. Where it ends by itself, the lane is unlocked and taken anew. */
  consume(lane: OwnedLane): Promise<void>;
  /** Whether the process reaches Redis. */
  canWork(): boolean;
  /** Called when its session has ended. */
  onLost(): void;
}

/** A lane whose lock this process holds. `hasEnded`: its loop is over, and the lock to be released. */
interface Held {
  stopping: AbortController;
  hasEnded: boolean;
}

export class LaneOwner {
  readonly #deps: LaneOwnerDeps;
  readonly #kinds: LaneKind[];
  readonly #held = new Map<LaneName, Held>();
  #session: OwnerSession | undefined;
  #isStopping = false;
  #running = Promise.resolve();
  readonly #sleep = new Sleep();

  constructor(deps: LaneOwnerDeps) {
    this.#deps = deps;
    this.#kinds = LANE_KINDS.filter((kind) => deps.lanes.some((lane) => lane.startsWith(kind)));
  }

  /** The lanes whose locks this process holds. */
  get owned(): readonly LaneName[] {
    return [...this.#held.keys()];
  }

  /** Whether the session that holds the locks is there; without it this process owns nothing. */
  get isConnected(): boolean {
    return this.#session !== undefined;
  }

  /** Begins to take lanes. @throws Error when PostgreSQL cannot be reached, or a pooler shares its sessions */
  async start(): Promise<void> {
    await refuseSharedSessions(this.#deps.databaseUrl);
    this.#session = await this.#open();
    this.#running = this.#run();
  }

  /** Gives every lane back after its batch and leaves. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.notice();
    await this.#running;
    await this.#session?.end();
  }

  /** Looks at once instead of with its next poll: something has changed that decides who owns what. */
  notice(): void {
    this.#sleep.wake();
  }

  /** Unlocks a lane that nobody consumes, so that it is taken anew. @param why for the log */
  abandon(lane: LaneName, why: string): void {
    const held = this.#held.get(lane);
    if (!held || held.hasEnded) return;
    this.#deps.log.error({ lane }, `${why} The lane is released and taken anew.`);
    held.stopping.abort(new LaneLost(lane));
  }

  async #run(): Promise<void> {
    // While it stops, it goes on until the last batch is through: until then the session must not fall silent.
    while (!this.#isStopping || (this.#session && this.#held.size > 0)) {
      await this.#turn();
      if (this.#isStopping && this.#held.size === 0) break;
      await this.#sleep.for(this.#session ? POLL_MS : RECONNECT_MS);
    }
  }

  async #turn(): Promise<void> {
    let session = this.#session;
    try {
      if (!this.#deps.canWork()) {
        if (session) this.#lose(session, new Error('Redis has not answered for three seconds.'));
        return;
      }
      if (!session) {
        session = await this.#open();
        this.#session = session;
        this.#deps.log.info('Joined the workers that share the lanes again.');
      }
      await this.#releaseEnded(session);
      await this.#rebalance(session);
    } catch (error) {
      if (session) this.#lose(session, error);
      else this.#deps.log.debug({ err: error }, 'PostgreSQL cannot be reached; tries again.');
    }
  }

  #open(): Promise<OwnerSession> {
    const { databaseUrl } = this.#deps;
    return OwnerSession.open(databaseUrl, this.#kinds, (each, error) => this.#lose(each, error));
  }

  /** Gives back what is above this process's share; takes free lanes up to it. */
  async #rebalance(session: OwnerSession): Promise<void> {
    const { taken, members, pid } = await session.locks();
    if (session !== this.#session) return;
    for (const kind of this.#kinds) {
      const lanes = this.#deps.lanes.filter((lane) => lane.startsWith(kind));
      const mine = lanes.filter((lane) => this.#held.get(lane)?.stopping.signal.aborted === false);
      const share = this.#isStopping ? 0 : shareOf(pid, members.get(kind) ?? [pid], lanes.length);
      this.#giveBack(mine.slice(share));
      const free = lanes.filter((lane) => !taken.has(lane) && !this.#held.has(lane));
      if (mine.length < share) await this.#take(session, free, share - mine.length);
    }
  }

  async #take(session: OwnerSession, lanes: readonly LaneName[], max: number): Promise<void> {
    if (lanes.length === 0) return;
    const epochs = await session.take(lanes, max);
    // The session may have ended while its answer was on its way: then these locks are gone already.
    if (session !== this.#session) return;
    for (const [name, epoch] of epochs) this.#consume(name, epoch);
    if (epochs.size > 0) this.#deps.log.info({ lanes: [...epochs.keys()] }, 'Took lanes.');
  }

  #consume(name: LaneName, epoch: number): void {
    const stopping = new AbortController();
    const held: Held = { stopping, hasEnded: false };
    this.#held.set(name, held);
    const { consume, log } = this.#deps;
    consume({ name, epoch, signal: stopping.signal })
      .catch((error) => {
        log.error({ err: error, lane: name }, 'The loop of a lane failed; the lane is taken anew.');
      })
      .finally(() => {
        stopping.abort(new LaneLost(name));
        held.hasEnded = true;
        if (this.#held.get(name) === held) this.notice();
      });
  }

  #giveBack(lanes: readonly LaneName[]): void {
    if (lanes.length === 0) return;
    for (const lane of lanes) this.#held.get(lane)?.stopping.abort();
    const log = this.#deps.log;
    log.info(
      { lanes },
      'Gives lanes back after their batches, to share them with other processes.',
    );
  }

  /** Unlocks the lanes whose loops have ended. */
  async #releaseEnded(session: OwnerSession): Promise<void> {
    const ended = [...this.#held].filter(([, { hasEnded }]) => hasEnded).map(([lane]) => lane);
    if (ended.length === 0) return;
    await session.release(ended);
    if (session !== this.#session) return;
    for (const lane of ended) this.#held.delete(lane);
  }

  /** The locks are gone with the session, or have to go: leaves all lanes at once. */
  #lose(session: OwnerSession, error: unknown): void {
    if (session !== this.#session) return;
    this.#session = undefined;
    const lanes = this.owned;
    for (const [lane, { stopping }] of this.#held) stopping.abort(new LaneLost(lane));
    this.#held.clear();
    const said = 'This worker cannot own lanes at the moment; others take them, until it is back.';
    this.#deps.log.error({ err: error, lanes }, said);
    this.#deps.onLost();
    void session.end();
    this.notice();
  }
}
