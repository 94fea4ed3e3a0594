/**
 * A lane without its loop: tests hand their commands to `runBatch` themselves and look at what became
 * of them. What a story needs is made by commands too, so that the audit finds nothing wrong with it.
 */
import type { AcceptedCommand, Outcome } from '../../../src/commands/command.ts';
import type { CommandName } from '../../../src/commands/index.ts';
import type {
  Booking,
  QueueEntryOutcome,
  Schedule,
} from '../../../src/commands/schemas/resources.ts';
import { type Config, readConfig } from '../../../src/config/config.ts';
import { type Database, openDatabase } from '../../../src/db/connection/orm.ts';
import { settleLaneCounts } from '../../../src/db/lanes/counts.ts';
import { jobIdOf, mintReceiptId } from '../../../src/lanes/job-id.ts';
import { type LaneName, laneCountsIn } from '../../../src/lanes/lanes.ts';
import { openLog } from '../../../src/runtime/log.ts';
import type { BatchDeps } from '../../../workers/batch/apply-batch.ts';
import type { FinishedCommand, OwnedLane, TakenCommand } from '../../../workers/batch/batch.ts';
import { Remembered } from '../../../workers/batch/remembered.ts';
import { runBatch, runKey } from '../../../workers/batch/run-batch.ts';
import { handlers } from '../../../workers/handlers/index.ts';
import { ConcurrencyLimit } from '../../../workers/lanes/concurrency-limit.ts';
import { byKey } from '../../../workers/lanes/lane-key.ts';
import { admit } from '../../../workers/timers/queue/admit.ts';
import { batchMetrics } from '../batches/batch-metrics.ts';
import { endHolds } from '../end-holds.ts';
import { scheduleBody } from '../http/client.ts';
import { waitFor } from '../wait-for.ts';
import { cloneServices } from './database.ts';
import { holdLock } from './hold-lock.ts';
import { databaseRows } from './rows.ts';
import { environmentFor } from './seatlane.ts';

/** An admitted user. */
export interface Buyer {
  subject: string;
  entryId: number;
}

/** Few users per window, and times that no test reaches. */
export const ADMISSION_SETTINGS = {
  admitLimit: 3,
  admitWindowMs: 10_000,
  maxActive: 1000,
  queueTokenMs: 60_000,
  waitingIdleMs: 60_000,
  claimMs: 120_000,
};

/** @param settings overrides of the default settings */
export async function openTestLane(
  settings: Partial<Config> = {},
  { connectionsMax = 6 } = {},
): Promise<TestLane> {
  const services = await cloneServices();
  const { databaseUrl } = services;
  const { config } = readConfig(environmentFor(services));
  const orm = await openDatabase({
    isByKeyOnly: true,
    databaseUrl,
    connectionsMax,
    applicationName: 'seatlane-test',
  });
  await settleLaneCounts(orm, laneCountsIn(config), async () => false);
  return new TestLane(orm, await takeLane(orm), { ...config, ...settings });
}

/** As the API names a queue in commands. */
export const inputOf = (queueId: number) => (queueId === 1 ? {} : { queueId });

/** Takes over a lane as a new owner does. */
export async function takeLane(orm: Database, name: LaneName = 'user-0'): Promise<OwnedLane> {
  const [row] = await databaseRows(orm)<{ epoch: string }>(
    `update lane set epoch = epoch + 1, owner = 'a test' where name = '${name}' returning epoch`,
  );
  if (!row) throw new Error(`There is no lane ${name}.`);
  return { name, epoch: Number(row.epoch), signal: new AbortController().signal };
}

/**
 * Applies commands of a lane as its loop does, and tries those that a locked row blocks until they are through.
 * @returns their outcomes in the order of the commands
 */
export async function runToTheEnd(
  deps: BatchDeps,
  lane: OwnedLane,
  commands: readonly TakenCommand[],
): Promise<FinishedCommand[]> {
  const { finished, blocked } = await runBatch(deps, lane, commands);
  for (const [, ofKey] of byKey(blocked)) {
    for (let left = ofKey; left.length > 0; ) {
      const result = await runKey(deps, { lane, commands: left }, 100);
      finished.push(...result.finished);
      left = result.blocked;
    }
  }
  const places = new Map(commands.map(({ jobId }, place) => [jobId, place]));
  const placeOf = ({ jobId }: FinishedCommand) => places.get(jobId) ?? 0;
  return finished.toSorted((one, other) => placeOf(one) - placeOf(other));
}

/** The command with the job id of another lane. */
export function inLane(command: TakenCommand, { name }: OwnedLane): TakenCommand {
  return { ...command, jobId: command.jobId.replace(/^[^_]+/, name) };
}

export class TestLane {
  readonly orm: Database;
  readonly lane: OwnedLane;
  readonly config: Config;
  readonly deps: BatchDeps;
  /** Returns the rows of a query, to check the database directly. */
  readonly rows: <Row extends object>(text: string) => Promise<Row[]>;

  constructor(orm: Database, lane: OwnedLane, config: Config) {
    const log = openLog('test', 'silent');
    this.orm = orm;
    this.lane = lane;
    this.config = config;
    const keyTries = new ConcurrencyLimit(2);
    const remembered = new Remembered();
    const metrics = batchMetrics();
    const oldestPaymentAt = async () => undefined;
    this.deps = {
      ...{ orm, remembered, keyTries, oldestPaymentAt, handlers },
      ...{ settings: config, log, metrics },
    };
    this.rows = databaseRows(orm);
  }

  /** A command as the lane's loop takes it; `accepted` overrides its data. */
  command(
    name: CommandName,
    { input = {}, ...accepted }: Partial<AcceptedCommand> & { subject: string },
  ): TakenCommand {
    const acceptedAt = Date.now();
    return {
      jobId: jobIdOf(this.lane.name, mintReceiptId(acceptedAt)),
      name,
      accepted: { acceptedAt, requestHash: '', input, ...accepted },
    };
  }

  /** Applies commands in one batch. */
  run(...commands: TakenCommand[]): Promise<FinishedCommand[]> {
    return runToTheEnd(this.deps, this.lane, commands);
  }

  async outcome(command: TakenCommand): Promise<Outcome> {
    const [finished] = await this.run(command);
    if (!finished) throw new Error('The batch gave no outcome.');
    return finished.outcome;
  }

  /** The result of a command that must succeed. */
  async result<Result extends object>(command: TakenCommand): Promise<Result> {
    const outcome = await this.outcome(command);
    if (outcome.state === 'succeeded') return outcome.result as Result;
    throw new Error(`${command.name} came to ${JSON.stringify(outcome)}`);
  }

  async points(subject: string, amount: number): Promise<void> {
    await this.result(this.command('charge-points', { subject, input: { amount } }));
  }

  /** Creates a schedule on sale with forty seats in one row; `options` override its fields. */
  async schedule(
    options: object = {},
  ): Promise<Schedule & { seatIds: number[]; areaIds: number[] }> {
    const subject = 'operator';
    const title = 'The Winter Gala';
    const { id: concertId } = await this.result<{ id: number }>(
      this.command('create-concert', { subject, input: { title, description: null } }),
    );
    const hall = [{ section: 'Stalls', row: 'A', from: 1, to: 40, price: 100 }];
    const input = { concertId, ...scheduleBody(), seats: hall, ...options };
    const schedule = await this.result<Schedule>(
      this.command('create-schedule', { subject, input }),
    );
    const seats = await this.rows<{ id: string }>(
      `select id from seat where schedule_id = ${schedule.id} order by id`,
    );
    const areas = await this.rows<{ id: string }>(
      `select id from area where schedule_id = ${schedule.id} order by id`,
    );
    const ids = (rows: { id: string }[]) => rows.map(({ id }) => Number(id));
    return { ...schedule, seatIds: ids(seats), areaIds: ids(areas) };
  }

  /** A user who was admitted by a queue. */
  async buyer(subject: string, queueId = 1): Promise<Buyer> {
    const { id } = await this.result<QueueEntryOutcome>(
      this.command('enter-queue', { subject, input: inputOf(queueId) }),
    );
    await admit(this.orm, this.config);
    return { subject, entryId: id };
  }

  /** Creates a queue for concerts of the house queue. */
  async queue(concertIds: readonly number[], options: object = {}): Promise<number> {
    const input = { name: 'A queue of its own', concertIds, ...options };
    const command = this.command('create-queue', { subject: 'operator', input });
    return (await this.result<{ id: number }>(command)).id;
  }

  hold(buyer: Buyer, seatId: number): Promise<Booking & { seatId: number }> {
    return this.result(this.command('book-seat', { ...buyer, input: { seatId } }));
  }

  /** Moves the end of an order's hold to one second ago, and the end of its grace period too unless `isInGrace`. */
  async expireHold({ orderId }: Pick<Booking, 'orderId'>, { isInGrace = false } = {}) {
    const grace = `interval '${this.config.holdGraceMs} ms'`;
    const holdEnd = `now() - interval '1 second' ${isInGrace ? '' : `- ${grace}`}`;
    await endHolds(this.rows, `id = ${orderId}`, { holdEnd, seatEnd: `${holdEnd} + ${grace}` });
  }

  /**
   * Makes every such write fail until `mend` is called.
   * @param write such as `insert on payment`; `command_receipt` fails for commands that succeed only
   */
  async breakWrites(write: string): Promise<{ mend(): Promise<void> }> {
    const condition = write.endsWith('command_receipt') ? `when (new.state = 'succeeded')` : '';
    await this.rows(`create or replace function refuse_write() returns trigger language plpgsql
      as $$ begin raise exception 'broken by a test'; end $$`);
    await this.rows(`create trigger broken before ${write} for each row ${condition}
      execute function refuse_write()`);
    return {
      mend: async () => {
        await this.rows(`drop trigger broken on ${write.split(' ').at(-1)}`);
      },
    };
  }

  /** Takes a lock in another session until the returned function is called. */
  lock(statement: string): Promise<() => Promise<void>> {
    return holdLock(this.config.databaseUrl, statement);
  }

  /** Waits until this number of sessions wait for a lock. */
  async waitForLockWaiters(count: number): Promise<void> {
    await waitFor(`${count} sessions wait for a lock`, async () => {
      const [found] = await this.rows<{ waiting: number }>(
        `select count(distinct pid)::int as waiting from pg_locks where not granted and pid in (
          select pid from pg_stat_activity where datname = current_database())`,
      );
      return found?.waiting === count;
    });
  }

  stop(): Promise<void> {
    return this.orm.close();
  }
}
