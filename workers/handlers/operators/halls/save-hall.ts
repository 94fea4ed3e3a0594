/** Adds a hall with its first version, and saves further versions. */
import { strict as assert } from 'node:assert';
import type { createHall } from '../../../../src/commands/halls/create-hall.ts';
import { type PackedPlan, seatCountOf } from '../../../../src/commands/halls/packed-plan.ts';
import type { saveHall } from '../../../../src/commands/halls/save-hall.ts';
import type { HallResource } from '../../../../src/commands/schemas/hall-resources.ts';
import { decideSave } from '../../../../src/domain/halls/versions.ts';
import type { HallRow } from '../../../rows/rows.ts';
import { type Applying, type HandlerOf, rejected, succeeded } from '../../handler.ts';

export const handleCreateHall: HandlerOf<typeof createHall> = {
  isOperators: true,
  takesLong: true,
  needs: () => ({ newIds: { hall: 1 } }),

  apply(applying) {
    const { command, rows, now } = applying;
    const { name, plan } = command.input;
    const id = rows.newIds.hall.take();
    const hall = rows.halls.table.add({ id, name, version: 1, createdAt: now });
    return succeeded(saveVersion(applying, hall, plan));
  },
};

export const handleSaveHall: HandlerOf<typeof saveHall> = {
  isOperators: true,
  takesLong: true,
  needs: ({ hallId }) => ({ hallId }),

  apply(applying) {
    const { command, rows } = applying;
    const { hallId, baseVersion, plan } = command.input;
    const hall = rows.halls.table.get(hallId);
    const decision = decideSave(hallId, hall, baseVersion);
    if (decision.refusal) return rejected(decision.refusal);
    assert(hall, `Hall ${hallId} is to be saved, but it is not loaded.`);
    rows.operatorLog.noteBefore({ id: hallId, version: baseVersion });
    rows.halls.table.change(hall, decision.change);
    return succeeded(saveVersion(applying, hall, plan));
  },
};

/** Adds the version that the hall now names as its newest. */
function saveVersion(
  { command: { jobId }, rows, now }: Applying,
  { id, name, version, createdAt }: HallRow,
  plan: PackedPlan,
): HallResource {
  const seatCount = seatCountOf(plan);
  rows.halls.addVersion({ hallId: id, version, plan, seatCount, jobId, createdAt: now });
  return { id, name, version, seatCount, createdAt: createdAt.toISOString() };
}
