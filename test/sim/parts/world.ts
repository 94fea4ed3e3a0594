/** One simulated system: the engine, the queue, the scheduler, the faults, and the processes on them. */
import type { Logger } from 'pino';
import { type Config, readConfig } from '../../../src/config/config.ts';
import { laneNames } from '../../../src/lanes/lanes.ts';
import type { Recorder } from '../checks/recorder.ts';
import { clock } from '../host/clock.ts';
import { currentProcess } from '../host/processes.ts';
import { Random } from '../host/random.ts';
import { Scheduler } from '../host/scheduler.ts';
import type { Server, SimConnection } from '../postgres/connection.ts';
import type { Engine } from '../postgres/engine.ts';
import { SANDBOX_URL, Sandbox } from '../provider/sandbox.ts';
import { MemoryCalls } from '../queue/calls.ts';
import { MemoryLanes } from '../queue/lanes.ts';
import { MemoryMessages } from '../queue/messages.ts';
import { MemoryRedis } from '../queue/redis.ts';
import { type MessageFault, PartnerServer } from '../receiver/receiver.ts';

export const SECRET = 'a secret for simulations, 32 bytes';

/** Commands of a user within ten seconds. */
export const RATE_LIMIT = 30;

/** Few lanes, small batches and short holds, so that a few thousand steps meet all of them. */
const SETTINGS = {
  PORT: '0',
  DATABASE_URL: 'postgresql://sim@localhost/sim',
  REDIS_URL: 'redis://localhost',
  JWT_SECRET: SECRET,
  DEV_ISSUER: 'true',
  OPEN_CHARGING: 'true',
  ADMIN_PASSWORD: 'sim-password',
  LOG_LEVEL: 'silent',
  SEAT_LANES: '2',
  USER_LANES: '2',
  BATCH_SIZE: '8',
  RATE_LIMIT: String(RATE_LIMIT),
  HOLD_SECONDS: '6',
  HOLD_GRACE_SECONDS: '1',
  MAX_SEATS_PER_USER: '3',
  ADMIT_LIMIT: '8',
  ADMIT_WINDOW_SECONDS: '2',
  MAX_ACTIVE: '10',
  QUEUE_TOKEN_SECONDS: '16',
  RETURN_ORIGINS: 'http://shop.sim',
  SANDBOX_URL,
  SANDBOX_SECRET: 'a secret of the simulated sandbox',
  RECONCILE_SECONDS: '5',
};

/** Payment pages end sooner than any setting allows, and so do the holds of their orders. */
const CHECKOUT_MS = 36_000;

function settings(): Config {
  const { config } = readConfig(SETTINGS);
  return { ...config, payments: { ...config.payments, checkoutMs: CHECKOUT_MS } };
}

/** How likely each fault is; 0 turns it off. */
export interface FaultRates {
  /** Of a connection to PostgreSQL, with each cycle of messages. */
  connection: number;
  /** Of a call to Redis. */
  redis: number;
  /** Of a message to a subscriber: lost, and repeated. */
  message: number;
  /** Of a request to the payment provider, or its response. */
  provider: number;
  /** Of a webhook message at its receiver. */
  receiver: number;
  /** Of each step: a process crashes, freezes, a lane changes its owner. */
  process: number;
}

export const FAULTS: FaultRates = {
  connection: 0.002,
  redis: 0.01,
  message: 0.1,
  provider: 0.1,
  receiver: 0.2,
  process: 0.006,
};
export const NO_FAULTS: FaultRates = {
  connection: 0,
  redis: 0,
  message: 0,
  provider: 0,
  receiver: 0,
  process: 0,
};
/** While the network to PostgreSQL is bad, this share of the cycles loses its connection. */
const BAD_NETWORK_SHARE = 0.12;

export class World {
  readonly config: Config = settings();
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly lanes: MemoryLanes;
  readonly redis: MemoryRedis;
  readonly calls = new MemoryCalls();
  readonly messages = new MemoryMessages();
  readonly partner: PartnerServer;
  readonly sandbox: Sandbox;
  readonly server: Server;
  readonly recorder: Recorder;
  /** Lines of level `error` that processes have logged. */
  readonly errors: string[] = [];
  rates: FaultRates = NO_FAULTS;
  /** When an API process last could not tell the others how many commands it had counted; in ms since 1970. */
  lastCountFaultAt = 0;
  /** Until then the network to PostgreSQL is bad; in ms since 1970. */
  badNetworkUntil = 0;

  constructor(options: {
    seed: number;
    engine: Engine;
    recorder: Recorder;
    onStep: (line: string) => void;
  }) {
    const { seed, engine, recorder, onStep } = options;
    this.random = new Random(seed, 'faults');
    this.recorder = recorder;
    this.sandbox = new Sandbox(SETTINGS.SANDBOX_SECRET, seed);
    this.scheduler = new Scheduler(new Random(seed, 'turns'), onStep);
    this.partner = new PartnerServer({
      scheduler: this.scheduler,
      random: new Random(seed, 'partner'),
      faultOf: () => this.#messageFault(),
    });
    this.lanes = new MemoryLanes(laneNames(this.config), () => clock.now);
    this.redis = new MemoryRedis(this.scheduler, {
      faultOf: (label) => {
        // An acknowledged key is lost, as by a failover of Redis.
        if (label === 'rememberKey' && this.#happens(6 * this.rates.redis)) return 'forgotten';
        const loss = this.#lossOf(this.rates.redis);
        if (label === 'tellRate' && loss) this.lastCountFaultAt = clock.now;
        return loss;
      },
      copiesOf: () => (this.#happens(this.rates.message) ? this.random.of([0, 2]) : 1),
    });
    this.server = {
      engine,
      scheduler: this.scheduler,
      hooks: {
        isLost: () => {
          const { connection } = this.rates;
          const isBad = connection > 0 && clock.now < this.badNetworkUntil;
          return this.#happens(isBad ? BAD_NETWORK_SHARE : connection);
        },
        onCommit: (connection: SimConnection) => recorder.onCommit(connection),
        onRollback: (connection: SimConnection) => recorder.onRollback(connection),
      },
    };
  }

  get log(): Logger {
    const error = (about: { err?: unknown }, sentence: string) => {
      const cause = about.err instanceof Error ? `: ${about.err.stack}` : '';
      this.errors.push(`${currentProcess().name}: ${sentence}${cause}`);
    };
    const ignore = () => undefined;
    const levels = { error, warn: ignore, info: ignore, debug: ignore };
    const log = { ...levels, isLevelEnabled: () => false, child: () => log };
    return log as unknown as Logger;
  }

  /** What becomes of a request to the payment provider. */
  providerFault(): 'lost' | 'unanswered' | undefined {
    return this.#lossOf(this.rates.provider);
  }

  #messageFault(): MessageFault {
    if (!this.#happens(this.rates.receiver)) return undefined;
    return this.random.of(['lost', 'unanswered', 'refused', 'slow']);
  }

  #lossOf(rate: number): 'lost' | 'unanswered' | undefined {
    if (!this.#happens(rate)) return undefined;
    return this.random.isTrue(0.5) ? 'lost' : 'unanswered';
  }

  #happens(rate: number): boolean {
    return rate > 0 && this.random.isTrue(rate);
  }
}
