/** Notes which commands each transaction applies, and hands them to the model when it commits. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Outcome } from '../../../src/commands/command.ts';
import { partsOfOurs } from '../../../src/lanes/job-id.ts';
import type { LaneBatch } from '../../../workers/batch/batch.ts';
import type { Handler } from '../../../workers/handlers/handler.ts';
import type { Handlers } from '../../../workers/handlers/index.ts';
import type { BatchRuns } from '../../../workers/lanes/running-batches.ts';
import type { Engine, Holder } from '../postgres/engine.ts';

/** The lanes of the batch that runs, with the epochs with which its worker owns them. */
const epochs = new AsyncLocalStorage<ReadonlyMap<string, number>>();

function ownershipOf(jobId: string) {
  const { lane } = partsOfOurs(jobId);
  return { lane, epoch: epochs.getStore()?.get(lane) };
}

/** A command as its handler applied it. Times in ms since 1970. */
export interface Applied {
  jobId: string;
  name: string;
  subject: string;
  input: Record<string, unknown>;
  entryId: number | undefined;
  acceptedAt: number;
  lane: string;
  /** With which its worker owned the lane. */
  epoch: number | undefined;
  /** The time of the batch. */
  now: number;
  /** By when the grace period of a hold must have ended, so that others get its places. */
  overBy: number;
  outcome: Outcome;
}

export class Recorder {
  readonly #open = new Map<Holder, Applied[]>();
  readonly #committed: Applied[] = [];
  #hasCommitted = false;

  /** The same handlers, each of which also notes what it does. */
  wrap(handlers: Handlers, engine: Engine): Handlers {
    const entries = Object.entries(handlers) as [string, Handler][];
    const wrapped = entries.map(([name, handler]) => {
      const apply: Handler['apply'] = (applying) => {
        const outcome = handler.apply(applying);
        const { jobId, subject, input, entryId, acceptedAt } = applying.command;
        const applied: Applied = structuredClone({
          ...{ jobId, name, subject, entryId, outcome },
          input: input as Record<string, unknown>,
          ...ownershipOf(jobId),
          acceptedAt: acceptedAt.getTime(),
          now: applying.now.getTime(),
          overBy: applying.overBy.getTime(),
        });
        const { holder } = engine;
        if (!holder) throw new Error('A handler runs outside of a transaction.');
        this.#open.set(holder, [...(this.#open.get(holder) ?? []), applied]);
        return outcome;
      };
      return [name, { ...handler, apply }];
    });
    return Object.fromEntries(wrapped) as unknown as Handlers;
  }

  /** The same ways to run batches, which note with which epochs they run. */
  wrapRuns({ runTogether, runAlone, runKey }: BatchRuns): BatchRuns {
    const within = <Result>(laneBatches: readonly LaneBatch[], run: () => Result) =>
      epochs.run(new Map(laneBatches.map(({ lane }) => [lane.name, lane.epoch])), run);
    return {
      runTogether: (laneBatches, options) =>
        within(laneBatches, () => runTogether(laneBatches, options)),
      runAlone: (laneBatch) => within([laneBatch], () => runAlone(laneBatch)),
      runKey: (laneBatch, lockTimeoutMs) =>
        within([laneBatch], () => runKey(laneBatch, lockTimeoutMs)),
    };
  }

  onCommit(holder: Holder): void {
    this.#committed.push(...(this.#open.get(holder) ?? []));
    this.#open.delete(holder);
    this.#hasCommitted = true;
  }

  onRollback(holder: Holder): void {
    this.#open.delete(holder);
  }

  /** @returns what was committed since the last call; undefined if there was no commit */
  take(): Applied[] | undefined {
    if (!this.#hasCommitted) return undefined;
    this.#hasCommitted = false;
    return this.#committed.splice(0);
  }
}
