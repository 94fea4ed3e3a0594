/** The Prometheus metrics of an API process: requests, commands, seat reads, the lanes, the waiting queue. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import type { Backlog } from '../../lanes/backlog.ts';
import type { Outcomes } from '../../lanes/outcomes.ts';
import { addGauge } from '../../observe/registry.ts';
import type { ProblemCode } from '../problems/problems.ts';
import type { SlotLimit } from '../slot-limit.ts';
import { CommandMetrics } from './command-metrics.ts';
import type { LaneOwners } from './lane-ownership.ts';
import { addQueueMetrics, type QueueMetricsDeps } from './queue-metrics.ts';
import { SeatMetrics } from './seat-metrics.ts';

export interface MetricsDeps extends QueueMetricsDeps {
  registry: Registry;
  backlog: Backlog;
  outcomes: Outcomes;
  laneOwners: LaneOwners;
  limits: { streams: SlotLimit; waits: SlotLimit };
  /** In ms since 1970, by PostgreSQL's clock. */
  now(): EpochMs;
}

/** The labels of a route. The path is the template, never a path with an id in it. */
export interface RouteLabels {
  readonly method: string;
  readonly path: string;
}

/** A route, as far as its problems are concerned. It has an outcome if it enqueues a command. */
interface ServedRoute {
  readonly operationId: string;
  readonly outcome?: unknown;
}

export class Metrics {
  readonly commands: CommandMetrics;
  readonly seats: SeatMetrics;
  readonly #registry: Registry;
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  readonly #problems: Counter<'code'>;
  readonly #failedLogins: Counter<'reason'>;

  constructor(deps: MetricsDeps) {
    const { registry, outcomes } = deps;
    const registers = [registry];
    this.#registry = registry;
    this.commands = new CommandMetrics(registry, deps.now);
    this.seats = new SeatMetrics(registry);
    this.#requests = new Histogram({
      name: 'seatlane_http_request_seconds',
      help: 'Duration of requests, including waits for outcomes, by route and status class.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.002, 0.005, 0.02, 0.05, 0.2, 0.5, 2, 5, 30],
      registers,
    });
    this.#problems = new Counter({
      name: 'seatlane_http_problems_total',
      help: 'Requests rejected before they became a command, by problem code.',
      labelNames: ['code'],
      registers,
    });
    this.#failedLogins = new Counter({
      name: 'seatlane_failed_logins_total',
      help: 'Failed operator logins, by reason: wrong credentials, or throttled after too many failures.',
      labelNames: ['reason'],
      registers,
    });
    // Start at 0, so that Prometheus sees the first failure as an increase.
    for (const reason of ['wrong', 'throttled']) this.#failedLogins.inc({ reason }, 0);
    addGauge(registry, 'seatlane_waiting_requests', 'Jobs that a client is waiting for.', () => {
      return outcomes.waiting;
    });
    addLimitMetrics(deps);
    addLaneMetrics(deps);
    addQueueMetrics(deps);
  }

  /** Records a completed request. @param ms its duration in ms */
  observeRequest({ method, path: route }: RouteLabels, status: number, ms: number): void {
    const labels = { method, route, status: CLASSES[Math.floor(status / 100)] ?? 'other' };
    this.#requests.observe(labels, ms / 1000);
  }

  countProblem(code: ProblemCode): void {
    this.#problems.inc({ code });
  }

  /** @returns what counts the problems of a route; those of a command's route also as requests that became no command */
  problemCounter({ operationId, outcome }: ServedRoute): (code: ProblemCode) => void {
    if (!outcome) return (code) => this.countProblem(code);
    this.commands.serves(operationId);
    return (code) => {
      this.countProblem(code);
      this.commands.notAccepted(operationId, code);
    };
  }

  /** Counts a failed operator login. @param reason `throttled` if the credentials were not checked */
  countFailedLogin(reason: 'wrong' | 'throttled'): void {
    this.#failedLogins.inc({ reason });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

const CLASSES = ['other', '1xx', '2xx', '3xx', '4xx', '5xx'];

function addLimitMetrics({ registry, limits: { streams, waits } }: MetricsDeps): void {
  const gauge = (name: string, help: string, value: () => number) =>
    addGauge(registry, `seatlane_${name}`, help, value);
  gauge('event_streams', 'Open event streams.', () => streams.open);
  gauge('event_streams_max', 'Limit of open event streams.', () => streams.max);
  gauge('waits', 'Requests waiting for an outcome.', () => waits.open);
  gauge('waits_max', 'Limit of requests waiting for an outcome.', () => waits.max);
  new Counter({
    name: 'seatlane_waits_skipped_total',
    help: 'Requests that asked to wait but returned immediately, because too many others were waiting.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(waits.refused);
    },
  });
}

function addLaneMetrics({ registry, backlog, laneOwners }: MetricsDeps): void {
  const registers = [registry];
  new Gauge({
    name: 'seatlane_lane_waiting',
    help: 'Pending commands, by lane.',
    labelNames: ['lane'],
    registers,
    collect() {
      for (const [lane, { waiting }] of backlog.entries()) this.set({ lane }, waiting);
    },
  });
  new Gauge({
    name: 'seatlane_lane_oldest_seconds',
    help: 'Age of the oldest command without an outcome, by lane.',
    labelNames: ['lane'],
    registers,
    collect() {
      for (const [lane, { oldestMs }] of backlog.entries()) this.set({ lane }, oldestMs / 1000);
    },
  });
  new Gauge({
    name: 'seatlane_lane_stalled_seconds',
    help: 'Time since the last outcome of a lane that has commands, by lane.',
    labelNames: ['lane'],
    registers,
    collect() {
      for (const [lane, { stalledMs }] of backlog.entries()) this.set({ lane }, stalledMs / 1000);
    },
  });
  addGauge(registry, 'seatlane_lane_limit', 'Limit of pending commands in a lane.', () => {
    return backlog.limit;
  });
  new Gauge({
    name: 'seatlane_lane_has_owner',
    help: 'Whether a worker process owns the lane.',
    labelNames: ['lane'],
    registers,
    collect() {
      for (const { lane, hasOwner } of laneOwners.lanes) this.set({ lane }, Number(hasOwner));
    },
  });
}
