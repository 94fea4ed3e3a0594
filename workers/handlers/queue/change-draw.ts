/** Changes the draw of a concert that is announced: moves or cancels it. Shared by both commands. */
import { strict as assert } from 'node:assert';
import type { Outcome } from '../../../src/commands/command.ts';
import type { DrawOutcome } from '../../../src/commands/queue/announce-draw.ts';
import { type AnnouncedDraw, drawOfConcert } from '../../../src/domain/draws.ts';
import type { Decision } from '../../../src/domain/reasons.ts';
import type { DrawRow } from '../../rows/rows.ts';
import { type Applying, rejected, succeeded } from '../handler.ts';
import { toDrawOutcome } from '../to-resource.ts';

/** What the rules need to know of the concert, its draw and the command. */
export interface DrawToChange {
  concertId: number;
  concertExists: boolean;
  draw: AnnouncedDraw | undefined;
  acceptedAt: Date;
}

/** @param decide the rule; its change is applied to the row */
export function changeDraw(
  { command: { input, acceptedAt }, rows }: Applying<{ concertId: number }>,
  decide: (given: DrawToChange) => Decision<Partial<DrawRow>>,
): Outcome<DrawOutcome> {
  const { concertId } = input;
  const concert = rows.concerts.get(concertId);
  const draw = drawOfConcert(rows.draws.values(), concert);
  const concertExists = concert !== undefined;
  const decision = decide({ concertId, concertExists, draw, acceptedAt });
  if (decision.refusal) return rejected(decision.refusal);
  assert(draw, 'A draw can be changed, but the concert has none.');
  rows.operatorLog.noteBefore(toDrawOutcome(draw));
  rows.draws.change(draw, decision.change);
  return succeeded(toDrawOutcome(draw));
}
