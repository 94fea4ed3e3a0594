/** The metrics of commands: their outcomes with their latency, the reasons of refusals, and requests that became no command. */
import { Counter, Histogram, type Registry } from 'prom-client';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { commands } from '../../commands/index.ts';
import type { Announcement } from '../../lanes/announcements.ts';
import { addCounter } from '../../observe/registry.ts';
import { type ProblemCode, statusOf } from '../problems/problems.ts';

const STATES = ['succeeded', 'rejected', 'failed'] satisfies Announcement['outcome']['state'][];

export class CommandMetrics {
  readonly #outcomes: Counter<'command' | 'state'>;
  readonly #refusals: Counter<'command' | 'reason'>;
  readonly #latency: Histogram<'command'>;
  readonly #notAccepted: Counter<'operation'>;
  readonly #now: () => EpochMs;

  /** @param now in ms since 1970, by the clock that stamps commands when they are accepted */
  constructor(registry: Registry, now: () => EpochMs) {
    this.#now = now;
    const registers = [registry];
    this.#outcomes = addCounter(
      registry,
      'commands_total',
      'Outcomes received by this process, by command and state.',
      Object.keys(commands).flatMap((command) => STATES.map((state) => ({ command, state }))),
    );
    // Most commands never meet most reasons, so these series begin with their first refusal.
    this.#refusals = new Counter({
      name: 'seatlane_commands_rejected_total',
      help: 'Rejected commands among the outcomes received by this process, by command and reason.',
      labelNames: ['command', 'reason'],
      registers,
    });
    this.#latency = new Histogram({
      name: 'seatlane_command_seconds',
      help: 'Time from the acceptance of a command until this process received its outcome, by command.',
      labelNames: ['command'],
      // 0.2 and 0.3 are the targets of bookings and payments: a bound at the target makes its alert exact.
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10],
      registers,
    });
    this.#notAccepted = new Counter({
      name: 'seatlane_commands_not_accepted_total',
      help: 'Requests for a command that got a 5xx response instead of being accepted, by operation of the API.',
      labelNames: ['operation'],
      registers,
    });
  }

  onAnnouncements(announcements: readonly Announcement[]): void {
    // `finishedAt` is the begin of the transaction: it lacks the waits for locks, and the commit.
    const now = this.#now();
    for (const { name: command, outcome, acceptedAt } of announcements) {
      this.#outcomes.inc({ command, state: outcome.state });
      this.#latency.observe({ command }, Math.max(0, now - acceptedAt) / 1000);
      if (outcome.state === 'rejected') {
        this.#refusals.inc({ command, reason: outcome.problem.code });
      }
    }
  }

  /** An operation that enqueues a command is served from now on. */
  serves(operation: string): void {
    this.#notAccepted.inc({ operation }, 0);
  }

  /** A request for a command got this problem before the command had an outcome. Only faults of the service are counted. */
  notAccepted(operation: string, code: ProblemCode): void {
    if (statusOf(code) >= 500) this.#notAccepted.inc({ operation });
  }
}
