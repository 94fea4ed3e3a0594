/**
 * The work of a process on lanes: its owner takes them, and its loops consume them. A probe has the owner release all lanes while
 * Redis is away, and a watchdog restarts loops that are stuck.
 */
import type { LaneName } from '../../src/lanes/lanes.ts';
import type { LaneLoopDeps } from './loop.ts';
import { LaneLoops } from './loops.ts';
import { LaneOwner } from './owner.ts';
import { RedisProbe } from './redis-probe.ts';
import { LaneWatchdog } from './watchdog.ts';

export interface LaneWorkDeps extends Omit<LaneLoopDeps, 'limits'> {
  databaseUrl: string;
  /** The lanes that this process may own; none if it has other work only. */
  lanes: readonly LaneName[];
  /** Called when this process has lost the session that holds its lanes. */
  onLost(): void;
  /** Called with the number of lanes whose loops were stuck. */
  onRestarted(lanes: number): void;
}

export class LaneWork {
  readonly #hasLanes: boolean;
  readonly #loops: LaneLoops;
  readonly #probe: RedisProbe;
  readonly #owner: LaneOwner;
  readonly #watchdog: LaneWatchdog;

  constructor({ databaseUrl, lanes, onLost, onRestarted, ...loopDeps }: LaneWorkDeps) {
    const { redis, redisPrefix, log } = loopDeps;
    this.#hasLanes = lanes.length > 0;
    this.#loops = new LaneLoops(loopDeps);
    this.#probe = new RedisProbe(redis, redisPrefix, () => this.#owner.notice());
    this.#owner = new LaneOwner({
      databaseUrl,
      lanes,
      log,
      consume: (lane) => this.#loops.consume(lane),
      canWork: () => this.#probe.isReachable,
      onLost,
    });
    this.#watchdog = new LaneWatchdog({
      notPolledSince: (time) => this.#loops.notPolledSince(time),
      restart: (stuck) => {
        this.#loops.restart(stuck);
        for (const lane of stuck) {
          this.#owner.abandon(lane, 'The loop has not polled a lane for two seconds.');
        }
        onRestarted(stuck.length);
      },
    });
  }

  /** The lanes that this process currently owns. */
  get owned(): readonly LaneName[] {
    return this.#owner.owned;
  }

  /** Whether this process has the session that holds its lanes. */
  get isConnected(): boolean {
    return this.#owner.isConnected;
  }

  /** Number of commands that wait for rows locked by other transactions. */
  get blockedCommands(): number {
    return this.#loops.blockedCommands;
  }

  /** Starts taking lanes. @throws SessionsShared behind a pooler that shares sessions; Error when PostgreSQL cannot be reached */
  async start(): Promise<void> {
    this.#probe.start();
    if (!this.#hasLanes) return;
    this.#watchdog.start();
    await this.#owner.start();
  }

  /** Releases every lane after its batch. */
  release(): Promise<void> {
    return this.#owner.stop();
  }

  /** Resolves when no retry of a blocked key is in flight. */
  settled(): Promise<void> {
    return this.#loops.settled();
  }

  /** Stops watching. Call it after `settled`. */
  stop(): void {
    for (const each of [this.#probe, this.#watchdog]) each.stop();
  }
}
