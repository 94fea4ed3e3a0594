/** The rule for saving another version of a hall. */
import { noSuchHall } from '../not-found.ts';
import { type Decision, refuse } from '../reasons.ts';

/**
 * Decides whether a plan can be saved as the next version: nobody has saved one since the version that was changed.
 * @param baseVersion the version that was changed
 */
export function decideSave(
  hallId: number,
  hall: { version: number } | undefined,
  baseVersion: number,
): Decision<{ version: number }> {
  if (!hall) return { refusal: noSuchHall(hallId) };
  const { version } = hall;
  if (version !== baseVersion) {
    const detail = `The newest version of hall ${hallId} is ${version}, not ${baseVersion}.`;
    return refuse('HALL_CHANGED', detail, { hallId, version });
  }
  return { change: { version: version + 1 } };
}
