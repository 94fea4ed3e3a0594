/**
 * Decides which lanes this worker process owns. It shares the lanes fairly with the other worker processes, and takes
 * over the lanes of a process that has ended.
 *
 * The locks of an OwnerSession record which process should consume a lane. Every process counts the members among the
 * locks, and computes its share from that. The lane's epoch makes ownership safe: taking a lane raises its epoch, and a
 * batch with a lower epoch is rolled back. So a process can leave a lost lane while its batch is still in flight.
 *
 * A process that cannot reach PostgreSQL or Redis for three seconds releases its lanes, and rejoins when it can.
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
  /** Consumes a lane until its signal is aborted. If it ends earlier, the lane is unlocked, and a worker takes it again. */
  consume(lane: OwnedLane): Promise<void>;
  /** Whether this process reaches Redis. */
  canWork(): boolean;
  /** Called when this process has lost its session. */
  onLost(): void;
}

/** A lane whose lock this process holds. `hasEnded`: its loop has ended, so the lock must be released. */
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

  /** Whether this process has a session to hold its locks; without one it owns no lane. */
  get isConnected(): boolean {
    return this.#session !== undefined;
  }

  /** Starts taking lanes. @throws {SessionsShared} or Error when PostgreSQL cannot be reached */
  async start(): Promise<void> {
    await refuseSharedSessions(this.#deps.databaseUrl);
    this.#session = await this.#open();
    this.#running = this.#run();
  }

  /** Releases every lane after its batch and ends the session. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.notice();
    await this.#running;
    await this.#session?.end();
  }

  /** Rebalances now rather than at the next poll. */
  notice(): void {
    this.#sleep.wake();
  }

  /** Unlocks a lane whose loop is stuck, so that a worker takes it again. @param why a sentence for the log */
  abandon(lane: LaneName, why: string): void {
    const held = this.#held.get(lane);
    if (!held || held.hasEnded) return;
    this.#deps.log.error({ lane }, `${why} The lane is released, and a worker takes it again.`);
    held.stopping.abort(new LaneLost(lane));
  }

  async #run(): Promise<void> {
    // While stopping, continue until the last batch has ended, because an idle session would lose its locks.
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
        if (session) this.#lose(session, new Error('Redis has not responded for three seconds.'));
        return;
      }
      if (!session) {
        session = await this.#open();
        this.#session = session;
        this.#deps.log.info('Rejoined the workers that share the lanes.');
      }
      await this.#releaseEnded(session);
      await this.#rebalance(session);
    } catch (error) {
      if (session) this.#lose(session, error);
      else this.#deps.log.debug({ err: error }, 'PostgreSQL cannot be reached; will retry.');
    }
  }

  #open(): Promise<OwnerSession> {
    const { databaseUrl } = this.#deps;
    return OwnerSession.open(databaseUrl, this.#kinds, (each, error) => this.#lose(each, error));
  }

  /** Releases lanes above this process's share, or takes free lanes up to it. */
  async #rebalance(session: OwnerSession): Promise<void> {
    const { taken, members, pid } = await session.locks();
    if (session !== this.#session) return;
    for (const kind of this.#kinds) {
      const lanes = this.#deps.lanes.filter((lane) => lane.startsWith(kind));
      const mine = lanes.filter((lane) => this.#held.get(lane)?.stopping.signal.aborted === false);
      const share = this.#isStopping ? 0 : shareOf(pid, members.get(kind) ?? [pid], lanes.length);
      this.#beginRelease(mine.slice(share));
      const free = lanes.filter((lane) => !taken.has(lane) && !this.#held.has(lane));
      if (mine.length < share) await this.#take(session, free, share - mine.length);
    }
  }

  async #take(session: OwnerSession, lanes: readonly LaneName[], max: number): Promise<void> {
    if (lanes.length === 0) return;
    const epochs = await session.take(lanes, max);
    // The session may have ended before the response arrived; its locks are then released already.
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
        log.error(
          { err: error, lane: name },
          'The loop of a lane failed; the lane is released, and a worker takes it again.',
        );
      })
      .finally(() => {
        stopping.abort(new LaneLost(name));
        held.hasEnded = true;
        if (this.#held.get(name) === held) this.notice();
      });
  }

  #beginRelease(lanes: readonly LaneName[]): void {
    if (lanes.length === 0) return;
    for (const lane of lanes) this.#held.get(lane)?.stopping.abort();
    const log = this.#deps.log;
    log.info({ lanes }, 'Releasing lanes after their batches, so that other processes take them.');
  }

  /** Unlocks the lanes whose loops have ended. */
  async #releaseEnded(session: OwnerSession): Promise<void> {
    const ended = [...this.#held].filter(([, { hasEnded }]) => hasEnded).map(([lane]) => lane);
    if (ended.length === 0) return;
    await session.release(ended);
    if (session !== this.#session) return;
    for (const lane of ended) this.#held.delete(lane);
  }

  /** Ends a lost session and leaves all lanes immediately. */
  #lose(session: OwnerSession, error: unknown): void {
    if (session !== this.#session) return;
    this.#session = undefined;
    const lanes = this.owned;
    for (const [lane, { stopping }] of this.#held) stopping.abort(new LaneLost(lane));
    this.#held.clear();
    this.#deps.log.error(
      { err: error, lanes },
      'This worker cannot own lanes at the moment; other workers take them until it rejoins.',
    );
    this.#deps.onLost();
    void session.end();
    this.notice();
  }
}
