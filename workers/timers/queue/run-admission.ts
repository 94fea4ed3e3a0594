/** Runs admissions until no eligible user is left. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../../../src/db/connection/orm.ts';
import { rowsOf } from '../../../src/db/connection/pipeline.ts';
import { db, unprepared } from '../../../src/db/statement.ts';
import { faultKind } from '../../batch/faults.ts';
import { type AdmissionRun, type AdmissionSettings, type Admitted, admit } from './admit.ts';

/** The pause before a run that follows one in which only locked rows were met, and how many such runs follow at most. */
const LOCKED_PAUSE_MS = 20;
const LOCKED_RUNS_MAX = 10;

export interface AdmissionDeps {
  orm: Database;
  settings: AdmissionSettings;
  /** Called after each run that admitted somebody. */
  onAdmitted(admitted: readonly Admitted[]): Promise<void>;
  log: Logger;
  /** The queues for which a run was requested; undefined in the timer's run, which serves all and ends sessions. */
  asked?: readonly number[] | undefined;
  /** Waits for locked rows to become free; by default for LOCKED_PAUSE_MS. */
  pause?(): Promise<unknown>;
}

/**
 * Admits users. Requests of users and notes of their polls lock entries for moments, so a run that has left somebody out because
 * of them is repeated in the queues concerned; what is locked for longer is left to the timer's next run.
 */
export async function runAdmission(deps: AdmissionDeps): Promise<void> {
  const { asked, onAdmitted, pause = () => sleep(LOCKED_PAUSE_MS) } = deps;
  let run: AdmissionRun = { queueIds: asked ?? null, endsSessions: asked === undefined };
  for (let lockedRuns = 0; lockedRuns <= LOCKED_RUNS_MAX; ) {
    if (run.queueIds?.length === 0) return;
    const admitted = await admitEach(deps, run);
    if (admitted.some(({ count }) => count > 0)) await onAdmitted(admitted);
    const unfinished = admitted.filter(({ isUnfinished }) => isUnfinished);
    run = { queueIds: unfinished.map(({ queueId }) => queueId), endsSessions: false };
    if (unfinished.some(({ count, skipped }) => count + skipped > 0)) continue;
    if (unfinished.length === 0) return;
    lockedRuns += 1;
    await pause();
  }
}

/** One run; where it fails for a row of one queue, the others are admitted one by one. */
async function admitEach(
  { orm, settings, log }: AdmissionDeps,
  run: AdmissionRun,
): Promise<Admitted[]> {
  try {
    return await admit(orm, settings, run);
  } catch (error) {
    if (faultKind(error) !== 'faulty') throw error;
    log.error({ err: error }, 'The admission failed; each queue is admitted by itself.');
    const admitted: Admitted[] = [];
    for (const queueId of run.queueIds ?? (await allQueues(orm))) {
      const alone = { ...run, queueIds: [queueId] };
      const ofQueue = await admit(orm, settings, alone).catch((cause: unknown) => {
        log.error(
          { err: cause, queueId },
          'The admission of a queue failed; the next run retries.',
        );
        return [];
      });
      admitted.push(...ofQueue);
    }
    return admitted;
  }
}

async function allQueues(orm: Database): Promise<number[]> {
  const queues = await rowsOf(orm, unprepared(db.selectFrom('waiting_queue').select('id')));
  return queues.map(({ id }) => id);
}
