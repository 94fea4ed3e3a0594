/** Connections of `pg` to the engine: a stream that takes the bytes of the client and gives the answers, one cycle a step. */
import { Duplex } from 'node:stream';
import { Pool, type PoolClient } from 'pg';
import { type Database, ormOptions } from '../../../src/db/connection/orm.ts';
import { currentProcess, type SimProcess } from '../host/processes.ts';
import type { Scheduler } from '../host/scheduler.ts';
import type { Engine, Holder } from './engine.ts';
import { findWebhooks } from './webhook-reads.ts';
import { endsCycle, isTerminate, messagesIn, WELCOME } from './wire.ts';

/** How the simulation breaks a connection, and what the connection tells it. */
export interface ConnectionHooks {
  /** Asked before and after each cycle: whether the connection is lost there. */
  isLost(when: 'before' | 'after'): boolean;
  onCommit(connection: SimConnection): void;
  onRollback(connection: SimConnection): void;
}

export interface Server {
  engine: Engine;
  scheduler: Scheduler;
  hooks: ConnectionHooks;
}

export class SimConnection extends Duplex implements Holder {
  readonly process: SimProcess = currentProcess();
  readonly #server: Server;
  readonly #cycles: Buffer[] = [];
  #bytes: Buffer = Buffer.alloc(0);
  #isWelcome = false;
  #isWaiting = false;

  constructor(server: Server) {
    super();
    this.#server = server;
    this.process.onCrash(() => this.#server.engine.drop(this));
  }

  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  onCommit(): void {
    this.#server.hooks.onCommit(this);
  }

  onRollback(): void {
    this.#server.hooks.onRollback(this);
  }

  /** The connection breaks; PostgreSQL rolls back what it had begun. */
  lose(): void {
    this.#server.engine.drop(this);
    this.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    this.process.run(() => this.#cut());
    done();
  }

  override _final(done: () => void): void {
    this.#server.engine.drop(this);
    this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#server.engine.drop(this);
    done(error);
  }

  #cut(): void {
    if (!this.#isWelcome) {
      // The first message has no type.
      if (this.#bytes.length < 4 || this.#bytes.length < this.#bytes.readUInt32BE(0)) return;
      this.#bytes = this.#bytes.subarray(this.#bytes.readUInt32BE(0));
      this.#isWelcome = true;
      this.#server.scheduler.add('connects', () => this.push(WELCOME));
    }
    let begin = 0;
    let end = 0;
    for (const message of messagesIn(this.#bytes)) {
      end += message.length;
      if (isTerminate(message)) this.push(null);
      if (!endsCycle(message)) continue;
      this.#cycles.push(Buffer.from(this.#bytes.subarray(begin, end)));
      begin = end;
    }
    this.#bytes = this.#bytes.subarray(begin);
    this.#goOn();
  }

  #goOn(): void {
    const [cycle] = this.#cycles;
    if (!cycle || this.#isWaiting || this.destroyed) return;
    this.#isWaiting = true;
    const { engine, scheduler } = this.#server;
    const isReady = () => this.destroyed || engine.isFreeFor(this);
    scheduler.add(`sql ${labelOf(cycle)}`, () => this.#execute(), isReady);
  }

  #execute(): void {
    const { engine, hooks } = this.#server;
    this.#isWaiting = false;
    const cycle = this.#cycles.shift();
    if (this.destroyed || !cycle) return;
    const answer = hooks.isLost('before') ? undefined : engine.execute(this, cycle);
    if (answer === undefined || hooks.isLost('after')) this.lose();
    else {
      this.push(answer);
      this.#goOn();
    }
  }
}

/** The beginning of a cycle's first message, for the log of steps. */
function labelOf(cycle: Buffer): string {
  return cycle
    .toString('latin1', 5, 45)
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim();
}

const CONNECTIONS_MAX = 10;

/**
 * A database as the code sees it. There is a pool with the options of the real one, but no ORM: of the reads that need its
 * entity manager there is only that of the webhooks.
 */
export function openSimDatabase(server: Server): Database {
  const { driverOptions } = ormOptions({
    databaseUrl: 'postgresql://sim@localhost/sim',
    connectionsMax: CONNECTIONS_MAX,
    applicationName: 'sim',
    isByKeyOnly: true,
  });
  const pool = new Pool({
    ...(driverOptions as object),
    user: 'sim',
    database: 'sim',
    password: '',
    max: CONNECTIONS_MAX,
    stream: () => new SimConnection(server),
  } as ConstructorParameters<typeof Pool>[0]);
  pool.on('error', () => undefined);
  pool.on('connect', (client: PoolClient) => client.on('error', () => undefined));
  const em = { getConnection: () => ({ getNativeClient: async () => pool }) };
  const orm = { em } as unknown as Database;
  return Object.assign(orm, { em: { ...em, fork: () => ({ find: findWebhooks(server) }) } });
}
