/** What an API process publishes for Prometheus: requests, outcomes and their latency, the lanes, the queue. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Announcement } from '../../lanes/announcements.ts';
import type { Backlog } from '../../lanes/backlog.ts';
import type { Outcomes } from '../../lanes/outcomes.ts';
import { addGauge } from '../../observe/registry.ts';
import type { ProblemCode } from '../problems/problems.ts';
import type { SlotLimit } from '../slot-limit.ts';
import type { LaneOwners } from './lane-ownership.ts';
import { addQueueMetrics, type QueueMetricsDeps } from './queue-metrics.ts';

export interface MetricsDeps extends QueueMetricsDeps {
  registry: Registry;
  backlog: Backlog;
  outcomes: Outcomes;
  laneOwners: LaneOwners;
  streamLimit: SlotLimit;
  waitLimit: SlotLimit;
}

/** A route as it is published: by its template, never by an address with an id in it. */
export interface RouteLabels {
  readonly method: string;
  readonly path: string;
}

export class Metrics {
  readonly #registry: Registry;
  readonly #outcomes: Counter<'command' | 'state'>;
  readonly #latency: Histogram<'command'>;
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  readonly #problems: Counter<'code'>;
  readonly #failedLogins: Counter<'reason'>;

  constructor(deps: MetricsDeps) {
    const { registry, outcomes } = deps;
    const registers = [registry];
    this.#registry = registry;
    this.#outcomes = new Counter({
      name: 'seatlane_commands_total',
      help: 'Outcomes heard by this process, by command and state.',
      labelNames: ['command', 'state'],
      registers,
    });
    this.#latency = new Histogram({
      name: 'seatlane_command_seconds',
      help: 'From acceptance to commit, by command.',
      labelNames: ['command'],
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
      registers,
    });
    this.#requests = new Histogram({
      name: 'seatlane_http_request_seconds',
      help: 'Requests until their answer, waits for outcomes included, by route and class of status.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.002, 0.005, 0.02, 0.05, 0.2, 0.5, 2, 5, 30],
      registers,
    });
    this.#problems = new Counter({
      name: 'seatlane_http_problems_total',
      help: 'Requests that were refused before they became a command, by the code of the problem.',
      labelNames: ['code'],
      registers,
    });
    this.#failedLogins = new Counter({
      name: 'seatlane_failed_logins_total',
      help: 'Operators’ logins with a wrong name or password, and those refused because too many had failed.',
      labelNames: ['reason'],
      registers,
    });
    // From 0 on, so that the first failure is an increase.
    for (const reason of ['wrong', 'throttled']) this.#failedLogins.inc({ reason }, 0);
    addGauge(registry, 'seatlane_waiting_requests', 'Jobs for which a client waits.', () => {
      return outcomes.waiting;
    });
    addLimitMetrics(deps);
    addLaneMetrics(deps);
    addQueueMetrics(deps);
  }

  hear(announcements: readonly Announcement[]): void {
    for (const { name, outcome, acceptedAt, finishedAt } of announcements) {
      this.#outcomes.inc({ command: name, state: outcome.state });
      this.#latency.observe({ command: name }, Math.max(0, finishedAt - acceptedAt) / 1000);
    }
  }

  /** Counts an answered request. @param ms how long the answer took */
  noteRequest({ method, path: route }: RouteLabels, status: number, ms: number): void {
    const labels = { method, route, status: CLASSES[Math.floor(status / 100)] ?? 'other' };
    this.#requests.observe(labels, ms / 1000);
  }

  noteProblem(code: ProblemCode): void {
    this.#problems.inc({ code });
  }

  /** Counts a login of the operators that failed. @param reason `throttled` where it was not looked at */
  noteFailedLogin(reason: 'wrong' | 'throttled'): void {
    this.#failedLogins.inc({ reason });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

const CLASSES = ['other', '1xx', '2xx', '3xx', '4xx', '5xx'];

function addLimitMetrics({ registry, streamLimit, waitLimit }: MetricsDeps): void {
  const gauge = (name: string, help: string, value: () => number) =>
    addGauge(registry, `seatlane_${name}`, help, value);
  gauge('event_streams', 'Event streams that are open.', () => streamLimit.open);
  gauge('event_streams_max', 'Event streams that may be open.', () => streamLimit.max);
  gauge('waits', 'Requests that wait for an outcome.', () => waitLimit.open);
  gauge('waits_max', 'Requests that may wait for an outcome.', () => waitLimit.max);
  new Counter({
    name: 'seatlane_waits_skipped_total',
    help: 'Requests that were answered without the wait they asked for, because too many were waiting.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(waitLimit.refused);
    },
  });
}

function addLaneMetrics({ registry, backlog, laneOwners }: MetricsDeps): void {
  const registers = [registry];
  new Gauge({
    name: 'seatlane_lane_waiting',
    help: 'Commands that wait, by lane.',
    labelNames: ['lane'],
    registers,
    collect() {
      for (const [lane, { waiting }] of backlog.entries()) this.set({ lane }, waiting);
    },
  });
  new Gauge({
    name: 'seatlane_lane_oldest_seconds',
    help: 'How long the oldest command without an outcome has been in its lane.',
    labelNames: ['lane'],
    registers,
    collect() {
      for (const [lane, { oldestMs }] of backlog.entries()) this.set({ lane }, oldestMs / 1000);
    },
  });
  new Gauge({
    name: 'seatlane_lane_stalled_seconds',
    help: 'For how long a lane has had commands and no outcome of any of them was heard.',
    labelNames: ['lane'],
    registers,
    collect() {
      for (const [lane, { stalledMs }] of backlog.entries()) this.set({ lane }, stalledMs / 1000);
    },
  });
  addGauge(registry, 'seatlane_lane_limit', 'Commands that may wait in a lane.', () => {
    return backlog.limit;
  });
  new Gauge({
    name: 'seatlane_lane_has_owner',
    help: 'Whether some worker process owns the lane.',
    labelNames: ['lane'],
    registers,
    collect() {
      for (const { lane, hasOwner } of laneOwners.lanes) this.set({ lane }, Number(hasOwner));
    },
  });
}
