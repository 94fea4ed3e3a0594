/** Judges a simulation while it runs: what commands came to, what is in the tables, and what customers were told. */
import { type CommandName, commands } from '../../../src/commands/index.ts';
import { clock } from '../host/clock.ts';
import { judgeNewSeats } from '../model/halls.ts';
import { Model } from '../model/model.ts';
import { type LiveRows, readLiveRows } from '../model/rows.ts';
import type { SimResponse } from '../parts/network.ts';
import type { World } from '../parts/world.ts';
import type { KeyCounts } from '../people/key-counts.ts';
import type { ShownMap } from '../people/viewer.ts';
import { judgeAnswer } from './answers.ts';
import { findBrokenPromise } from './audit.ts';
import { judgeMap } from './maps.ts';
import type { Applied } from './recorder.ts';

/** The audit runs after this many commits, and at the end. */
const AUDIT_EVERY = 400;

/** A promise does not hold. */
export class Broken extends Error {}

export class Judge {
  readonly #world: World;
  readonly #keys: KeyCounts;
  readonly #onApplied: (line: string) => void;
  readonly model: Model;
  #auditedAt = 0;
  #wrong: string | undefined;

  /** @param onApplied receives a line for each command that took effect */
  constructor(world: World, keys: KeyCounts, onApplied: (line: string) => void) {
    this.#world = world;
    this.#keys = keys;
    this.#onApplied = onApplied;
    const { holdMs, holdGraceMs, seatsPerUserMax, maxActive, payments } = world.config;
    this.model = new Model({
      ...{ holdMs, maxActive, graceMs: holdGraceMs },
      ...{ seatsMax: seatsPerUserMax, checkoutMs: payments.checkoutMs },
      refundsTried: () => world.sandbox.books.refundsTried,
    });
    this.#judgeMessages();
  }

  /** Whether no money and no message is on its way, and no order of a cancelled performance is live. */
  get isSettled(): boolean {
    return this.model.isSettled(this.#world.sandbox.books.checkouts.values());
  }

  #judgeMessages(): void {
    const { messages } = this.model;
    const { partner, messages: queue } = this.#world;
    queue.onGivenUp = (id, tries) => this.note(messages.giveUp(id, tries));
    queue.onEmptied = () => messages.forgive();
    partner.hooks = {
      onSending: (webhookId) => this.note(messages.judgeSending(webhookId)),
      onMessage: (message) => this.note(messages.hear(message)),
      onWrong: (sentence) => this.note(sentence),
    };
  }

  /** The next check fails with this sentence. */
  note(wrong: string | undefined): void {
    this.#wrong ??= wrong;
  }

  noteAnswer(jobId: string, answer: SimResponse): void {
    this.note(judgeAnswer(jobId, answer, this.model.outcomeOf(jobId)));
  }

  /** Nothing is shown that never was. */
  noteShown(seatId: number, state: string): void {
    if (this.model.hasBeen(seatId, state)) return;
    this.note(`Seat ${seatId} is shown as ${state}, which it never was.`);
  }

  /** @returns what maps show and is not true now */
  judgeMaps(maps: readonly (ShownMap | undefined)[]): string | undefined {
    const { engine } = this.#world.server;
    if (engine.holder) return 'A transaction is open';
    for (const map of maps) {
      const wrong = map ? judgeMap(engine, map) : 'A viewer sees nothing';
      if (wrong) return wrong;
    }
    return undefined;
  }

  /** What is compared after each step. @throws {Broken} */
  check(): void {
    const { engine } = this.#world.server;
    if (this.#wrong) throw new Broken(this.#wrong);
    if (engine.holder) return;
    const applied = this.#world.recorder.take();
    if (!applied) return;
    for (const each of applied) {
      this.#onApplied(`  ${each.name} ${each.jobId} ${JSON.stringify(each.outcome)}`);
      fail(this.model.apply(each, isOfUser(each) ? this.#keys.of(each.subject) : undefined));
    }
    fail(judgeNewSeats(engine, this.model.halls, applied));
    if (!engine.hasChanged()) return;
    const rows = readLiveRows(engine);
    fail(judgeOwners(applied, rows));
    fail(this.model.compare(rows, this.#world.sandbox.books.checkouts.values(), clock.now));
    if (engine.commits - this.#auditedAt >= AUDIT_EVERY) this.audit();
  }

  /** @throws {Broken} */
  audit(): void {
    const { engine } = this.#world.server;
    this.#auditedAt = engine.commits;
    const wrong = findBrokenPromise(engine);
    fail(wrong && `The audit: ${wrong}`);
  }
}

function isOfUser({ name }: Applied): boolean {
  const { isInternal }: { isInternal?: true } = commands[name as CommandName];
  return !isInternal;
}

/** Only the owner of a lane commits its commands. */
function judgeOwners(applied: readonly Applied[], { lanes }: LiveRows): string | undefined {
  const epochs = new Map(lanes.map(({ name, epoch }) => [name, Number(epoch)]));
  const late = applied.find(({ lane, epoch }) => epoch !== epochs.get(lane));
  if (!late) return undefined;
  return `${late.name} ${late.jobId} was committed with epoch ${late.epoch}, but ${late.lane} has ${epochs.get(late.lane)}`;
}

function fail(wrong: string | undefined): void {
  if (wrong) throw new Broken(wrong);
}
