/**
 * PostgreSQL in this process (PGlite). It has one session, which all connections share: while a connection has a transaction open, the
 * others wait. So transactions never overlap, and locks between two transactions are not simulated.
 */
import { PGlite } from '@electric-sql/pglite';
import {
  executePrepared,
  messagesIn,
  PARSE_COMPLETE,
  parsedName,
  prepare,
  simpleQuery,
  textsIn,
} from './wire.ts';

/** What the connections of a session have in common: who has a transaction open. */
export interface Holder {
  /** Called when the session has committed something of this connection. */
  onCommit(): void;
  onRollback(): void;
}

/** The settings that our processes give to their connections. */
const SETTINGS = [
  ...['enable_seqscan=off', 'enable_hashjoin=off', 'enable_mergejoin=off', 'jit=off'],
  'plan_cache_mode=force_generic_plan',
];

export class Engine {
  readonly #db: PGlite;
  readonly #prepared = new Set<string>();
  readonly #reads = new Map<string, string>();
  #holder: Holder | undefined;
  #nextTransaction: string | undefined;
  /** Transactions committed so far, those of single statements included. */
  commits = 0;

  private constructor(db: PGlite) {
    this.#db = db;
  }

  /** @param snapshot as `dump` returned it; without one the database is empty */
  static async open(snapshot?: Blob): Promise<Engine> {
    const db = await PGlite.create(snapshot ? { loadDataDir: snapshot } : {});
    const engine = new Engine(db);
    for (const setting of SETTINGS) engine.#run(simpleQuery(`set ${setting}`));
    return engine;
  }

  dump(): Promise<Blob> {
    return this.#db.dumpDataDir('none') as Promise<Blob>;
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  /** Whether a statement of this connection would be carried out now. */
  isFreeFor(holder: Holder): boolean {
    return this.#holder === undefined || this.#holder === holder;
  }

  get holder(): Holder | undefined {
    return this.#holder;
  }

  /**
   * Carries out the messages of a client up to a Sync.
   * @returns the server's messages
   */
  execute(holder: Holder, messages: Buffer): Buffer {
    const answers: Buffer[] = [];
    const rest: Buffer[] = [];
    const named: string[] = [];
    for (const message of messagesIn(messages)) {
      const name = parsedName(message);
      // The session has prepared it for another connection: a name always stands for the same text.
      if (name && this.#prepared.has(name)) answers.push(PARSE_COMPLETE);
      else rest.push(message);
      if (name && !this.#prepared.has(name)) named.push(name);
    }
    const answer = this.#run(Buffer.concat(rest));
    answers.push(answer);
    let hasFailed = false;
    for (const { type, body } of textsIn(answer)) {
      if (type === 'E') hasFailed = true;
      else if (type === 'Z') this.#noteState(holder, body, hasFailed);
      else if (type === '1') for (const name of named) this.#prepared.add(name);
      else if (type === 'C' && body.startsWith('ROLLBACK')) hasFailed = true;
    }
    return Buffer.concat(answers);
  }

  /** What PostgreSQL does when a connection is lost. */
  drop(holder: Holder): void {
    if (this.#holder !== holder) return;
    this.#run(simpleQuery('rollback'));
    this.#holder = undefined;
    holder.onRollback();
  }

  /** Whether a transaction has changed anything since the last call. */
  hasChanged(): boolean {
    const [row] = this.read<{ next: string }>(
      'select pg_snapshot_xmax(pg_current_snapshot())::text as next',
    );
    const isSame = row?.next === this.#nextTransaction;
    this.#nextTransaction = row?.next;
    return !isSame;
  }

  /** Rows of a query of the checks, as JSON. Call it while no transaction is open. */
  read<Row>(sql: string): Row[] {
    let name = this.#reads.get(sql);
    if (name === undefined) {
      name = `read ${this.#reads.size}`;
      this.#reads.set(sql, name);
      const text = `select coalesce(json_agg(found), '[]') from (${sql}) as found`;
      this.#run(prepare(name, text));
    }
    const answer = this.#run(executePrepared(name));
    for (const { type, body, raw } of textsIn(answer)) {
      if (type === 'E') throw new Error(`A query of the checks failed: ${body}\n${sql}`);
      if (type === 'D') return JSON.parse(raw.subarray(6).toString()) as Row[];
    }
    return [];
  }

  #noteState(holder: Holder, state: string, hasFailed: boolean): void {
    if (state.startsWith('I')) {
      this.#holder = undefined;
      if (hasFailed) holder.onRollback();
      else {
        this.commits += 1;
        holder.onCommit();
      }
    } else this.#holder = holder;
  }

  #run(messages: Buffer): Buffer {
    return Buffer.from(this.#db.execProtocolRawSync(messages));
  }
}
