/** Changes the admission settings of a queue for all processes. */
import { HOUSE_QUEUE } from '../../../src/commands/command.ts';
import type {
  AdmissionOverrides,
  setAdmission,
} from '../../../src/commands/queue/set-admission.ts';
import { noSuchQueue } from '../../../src/domain/not-found.ts';
import { refuseCeilings } from '../../../src/domain/waiting-queues.ts';
import type { WaitingQueueRow } from '../../rows/rows.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { toWindowMs } from './admission-window.ts';

export const handleSetAdmission: HandlerOf<typeof setAdmission> = {
  isOperators: true,
  needs: ({ queueId = HOUSE_QUEUE }) => ({ allQueues: { changedId: queueId } }),

  apply({ command: { input }, rows: { waitingQueues, operatorLog }, settings }) {
    const { queueId = HOUSE_QUEUE, isPaused, admitLimit, admitWindowSeconds, maxActive } = input;
    const queue = waitingQueues.get(queueId);
    if (!queue) return rejected(noSuchQueue(queueId));
    const changed = {
      isPaused: isPaused ?? queue.isPaused,
      admitLimit: admitLimit === undefined ? queue.admitLimit : admitLimit,
      admitWindowMs:
        admitWindowSeconds === undefined ? queue.admitWindowMs : toWindowMs(admitWindowSeconds),
      maxActive: maxActive === undefined ? queue.maxActive : maxActive,
    };
    // Whoever does not raise the ceiling is not refused for it, so that a queue can always be paused, and ceilings whose sum has
    // become too high can be lowered one by one.
    const ceilingOf = (each: Pick<typeof queue, 'maxActive'>) =>
      each.maxActive ?? settings.maxActive;
    if (ceilingOf(changed) > ceilingOf(queue)) {
      const others = [...waitingQueues.values()].filter((each) => each !== queue);
      const refusal = refuseCeilings([...others, changed], settings);
      if (refusal) return rejected(refusal);
    }
    operatorLog.noteBefore(overridesOf(queueId, queue));
    waitingQueues.change(queue, changed);
    return succeeded(overridesOf(queueId, changed));
  },
};

type Overrides = Pick<WaitingQueueRow, 'isPaused' | 'admitLimit' | 'admitWindowMs' | 'maxActive'>;

function overridesOf(queueId: number, queue: Overrides): AdmissionOverrides {
  const { isPaused, admitLimit, admitWindowMs, maxActive } = queue;
  const admitWindowSeconds = admitWindowMs === null ? null : admitWindowMs / 1000;
  return { queueId, isPaused, admitLimit, maxActive, admitWindowSeconds };
}
