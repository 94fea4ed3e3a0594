/** One simulation: a seed, a number of steps, and what became of them. */
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { settleLaneCounts } from '../../src/db/lanes/counts.ts';
import { AccessTokens } from '../../src/http/auth/access-tokens.ts';
import { laneCountsIn } from '../../src/lanes/lanes.ts';
import { Broken, Judge } from './checks/judge.ts';
import { Recorder } from './checks/recorder.ts';
import { SentCommands } from './checks/sent-commands.ts';
import { startVirtualTimers } from './host/boot.ts';
import { clock } from './host/clock.ts';
import { Chaos } from './parts/chaos.ts';
import { Network } from './parts/network.ts';
import { FAULTS, NO_FAULTS, World } from './parts/world.ts';
import { KeyCounts } from './people/key-counts.ts';
import { openScene, type Scene } from './people/scene.ts';
import { Recent, type Shop } from './people/shop.ts';
import { openSimDatabase } from './postgres/connection.ts';
import { Engine } from './postgres/engine.ts';
import { replaceFetch } from './provider/fetch.ts';

/** After the last step all requests must end, and all money arrive, within so many more. */
const ENDING_STEPS = 15_000;
/** Within so many more, all maps must show what is true. */
const SHOWING_STEPS = 4000;
const LAST_STEPS = 60;
const REMEMBERED = 15;

export interface RunResult {
  seed: number;
  steps: number;
  /** What broke, as a sentence; undefined if nothing did. */
  broken: string | undefined;
  /** Of all steps. */
  digest: string;
  commands: number;
  commits: number;
  counts: Record<string, number>;
  outcomes: Record<string, number>;
  /** The simulated time, in ms. */
  simulatedMs: number;
  /** The last steps before the end. */
  lastSteps: string[];
  /** What processes have logged as errors, the last few. */
  errors: string[];
}

export interface RunOptions {
  seed: number;
  /** The run goes on after so many steps until all requests are answered. */
  steps: number;
  /** The file of the migrated database. */
  snapshot: string;
  hasFaults: boolean;
}

export async function run(options: RunOptions): Promise<RunResult & { cpuMs: number }> {
  const simulation = await Simulation.open(options);
  const cpuBefore = process.cpuUsage();
  const broken = await simulation.run().then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof Broken) return error.message;
      return `The simulation itself failed: ${(error as Error).stack}`;
    },
  );
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ...simulation.result(broken), cpuMs: Math.round((user + system) / 1000) };
}

class Simulation {
  readonly #options: RunOptions;
  readonly #world: World;
  readonly #judge: Judge;
  readonly #keys = new KeyCounts();
  readonly #digest = createHash('sha256');
  readonly #lastSteps: string[] = [];
  #steps = 0;
  #chaos: Chaos | undefined;
  #isClosing = false;

  private constructor(engine: Engine, options: RunOptions) {
    this.#options = options;
    const note = (line: string) => this.#note(line);
    const { seed } = options;
    this.#world = new World({ seed, engine, recorder: new Recorder(), onStep: note });
    this.#judge = new Judge(this.#world, this.#keys, note);
  }

  static async open(options: RunOptions): Promise<Simulation> {
    const engine = await Engine.open(new Blob([readFileSync(options.snapshot)]));
    startVirtualTimers();
    return new Simulation(engine, options);
  }

  async run(): Promise<void> {
    const { hasFaults, steps } = this.#options;
    const scene = await this.#open();
    let isLiving = true;
    scene.live().then(
      () => {
        isLiving = false;
      },
      (error: unknown) => this.#judge.note(`Somebody failed: ${(error as Error).stack}`),
    );
    for (const viewer of scene.viewers) {
      viewer.watch().catch((error: unknown) => {
        this.#judge.note(`A viewer failed: ${(error as Error).stack}`);
      });
    }
    this.#setFaults(hasFaults);
    const end = this.#steps + steps;
    while (this.#steps < end) await this.#step();
    this.#setFaults(false);
    this.#isClosing = true;
    await this.#end(() => isLiving);
    await this.#showAll(scene);
    this.#judge.check();
    this.#judge.audit();
  }

  result(broken: string | undefined): RunResult {
    const { commits } = this.#world.server.engine;
    const outcomes = Object.fromEntries([...this.#judge.model.counts].toSorted());
    return {
      seed: this.#options.seed,
      steps: this.#steps,
      broken,
      digest: this.#digest.digest('hex').slice(0, 16),
      commands: Object.values(outcomes).reduce((sum, count) => sum + count, 0),
      commits,
      counts: this.#chaos?.counts ?? {},
      outcomes,
      simulatedMs: Math.round(performance.now()),
      lastSteps: this.#lastSteps,
      errors: this.#world.errors.slice(-5),
    };
  }

  /** Starts the processes, and creates the first performance. */
  async #open(): Promise<Scene> {
    const world = this.#world;
    const { config, scheduler, sandbox } = world;
    const network = new Network(world);
    replaceFetch({
      ...{ scheduler, sandbox },
      faultOf: () => world.providerFault(),
      sendToApi: (request) => network.send(request),
    });
    const orm = openSimDatabase(world.server);
    await this.#until(settleLaneCounts(orm, laneCountsIn(config), async () => false));
    this.#chaos = new Chaos(world, network);
    const tokens = new AccessTokens(config);
    const claims = { validSeconds: 1e7 };
    const shop: Shop = {
      network,
      performances: [],
      hall: undefined,
      draw: undefined,
      orders: new Recent(REMEMBERED),
      codes: new Recent(REMEMBERED),
      keys: this.#keys,
      sent: new SentCommands(config.rateLimit, () => world.lastCountFaultAt),
      tokenOf: async (subject, role) =>
        (await tokens.issue({ ...claims, subject, role }, clock.now)).accessToken,
      onAnswer: (jobId, answer) => this.#judge.noteAnswer(jobId, answer),
      onShown: (seatId, state) => this.#judge.noteShown(seatId, state),
      onWrong: (sentence) => this.#judge.note(sentence),
      tellSecret: (webhookId, secret) => world.partner.tell(webhookId, secret),
      failedRefunds: () => this.#judge.model.failedRefunds,
      isRefunding: () => this.#judge.model.isRefunding,
      isClosing: () => this.#isClosing,
    };
    const scene = openScene(shop, this.#options.seed);
    await this.#until(scene.open());
    this.#judge.model.messages.begin();
    return scene;
  }

  #setFaults(isOn: boolean): void {
    this.#world.rates = isOn ? FAULTS : NO_FAULTS;
    this.#world.sandbox.setFaults(isOn);
  }

  /** Everybody ends what they do, all lanes become empty, and all money arrives. @throws {Broken} if that takes too long */
  async #end(isLiving: () => boolean): Promise<void> {
    const { lanes, scheduler, server } = this.#world;
    const isOver = () => !isLiving() && lanes.pending.length === 0 && this.#judge.isSettled;
    // Counts waits for timers too: there may be nothing else left to do.
    for (let left = ENDING_STEPS; !isOver(); left -= 1) {
      if (left === 0) throw new Broken(this.#stuck(isLiving()));
      this.#chaos?.hasten();
      await this.#step();
    }
    while (server.engine.holder) await scheduler.step();
  }

  /** All maps come to show what is true. @throws {Broken} if that takes too long */
  async #showAll({ viewers }: Scene): Promise<void> {
    for (let left = SHOWING_STEPS; ; left -= 1) {
      const wrong = this.#judge.judgeMaps(viewers.map(({ shown }) => shown));
      if (wrong === undefined) return;
      if (left === 0) throw new Broken(`${wrong}, long after the last fault.`);
      await this.#step();
    }
  }

  #stuck(isLiving: boolean): string {
    const jobs = this.#world.lanes.pending.map(({ name, jobId }) => `${name} ${jobId}`);
    if (this.#judge.model.isRefunding) return 'A refund does not end, long after the last fault.';
    if (isLiving) return 'A request is not answered, long after the last fault.';
    const { firstOwed } = this.#judge.model.messages;
    if (firstOwed !== undefined) return `Webhook ${firstOwed} was never told to its receiver.`;
    if (jobs.length === 0) {
      return 'Money is on its way, or orders of a cancelled performance are live, long after the last fault.';
    }
    return `Commands stay in their lanes, long after the last fault: ${jobs.join(', ')}.`;
  }

  async #until<Result>(doing: Promise<Result>): Promise<Result> {
    let isDone = false;
    const end = () => {
      isDone = true;
    };
    doing.then(end, end);
    await this.#world.scheduler.settle();
    while (!isDone) await this.#step();
    return doing;
  }

  async #step(): Promise<void> {
    this.#chaos?.act();
    if (!(await this.#world.scheduler.step())) throw new Broken('Nothing can happen any more.');
    this.#judge.check();
  }

  #note(line: string): void {
    this.#steps += line.startsWith(' ') ? 0 : 1;
    this.#digest.update(line);
    if (process.env.SIM_STEPS) appendFileSync(process.env.SIM_STEPS, `${line}\n`);
    this.#lastSteps.push(line);
    if (this.#lastSteps.length > LAST_STEPS) this.#lastSteps.shift();
  }
}
