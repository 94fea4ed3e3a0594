/** Runs admissions until nobody is left who may be admitted now. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../../../src/db/connection/orm.ts';
import { rowsOf } from '../../../src/db/connection/pipeline.ts';
import { db, unprepared } from '../../../src/db/statement.ts';
import { faultKind } from '../../batch/faults.ts';
import { type AdmissionSettings, type Admitted, admit } from './admit.ts';

/** The pause before a run that follows one in which only locked rows were met, and how many such runs follow at most. */
const LOCKED_PAUSE_MS = 20;
const LOCKED_RUNS_MAX = 10;

export interface AdmissionDeps {
  orm: Database;
  settings: AdmissionSettings;
  /** Called after each run that admitted somebody. */
  onAdmitted(admitted: readonly Admitted[]): Promise<void>;
  log: Logger;
  /** Waits for locked rows to become free; by default for LOCKED_PAUSE_MS. */
  pause?(): Promise<unknown>;
}

/**
 * Admits users of all queues. Requests of users and notes of their polls lock entries for moments, so a run that has left
 * somebody out because of them is repeated; what is locked for longer is left to the timer's next run.
 */
export async function runAdmission(deps: AdmissionDeps): Promise<void> {
  const { onAdmitted, pause = () => sleep(LOCKED_PAUSE_MS) } = deps;
  for (let lockedRuns = 0; lockedRuns <= LOCKED_RUNS_MAX; ) {
    const admitted = await admitEach(deps);
    if (admitted.some(({ count }) => count > 0)) await onAdmitted(admitted);
    const unfinished = admitted.filter(({ isUnfinished }) => isUnfinished);
    if (unfinished.length === 0) return;
    if (unfinished.some(({ count }) => count > 0)) continue;
    lockedRuns += 1;
    await pause();
  }
}

/** One run; where it fails for a row of one queue, the others are admitted one by one. */
async function admitEach({ orm, settings, log }: AdmissionDeps): Promise<Admitted[]> {
  try {
    return await admit(orm, settings);
  } catch (error) {
    if (faultKind(error) !== 'faulty') throw error;
    log.error({ err: error }, 'The admission failed; each queue is admitted by itself.');
    const queues = await rowsOf(orm, unprepared(db.selectFrom('waiting_queue').select('id')));
    const admitted: Admitted[] = [];
    for (const { id } of queues) {
      const ofQueue = await admit(orm, settings, { queueIds: [id] }).catch((cause: unknown) => {
        log.error(
          { err: cause, queueId: id },
          'The admission of a queue failed; the next run retries.',
        );
        return [];
      });
      admitted.push(...ofQueue);
    }
    return admitted;
  }
}
