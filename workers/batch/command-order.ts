/** Merges the commands of several lanes into the order in which they are applied. */
import type { TakenCommand } from './batch.ts';

/**
 * Sorts by time of acceptance, but keeps the order of each lane. The clocks of API processes differ slightly, so the
 * times within a lane may decrease.
 */
export function inAcceptedOrder(lanes: readonly (readonly TakenCommand[])[]): TakenCommand[] {
  const [first = []] = lanes;
  if (lanes.length <= 1) return [...first];
  const timed = lanes.flatMap((commands) => {
    let latest = 0;
    return commands.map((command) => {
      latest = Math.max(latest, command.accepted.acceptedAt);
      return { command, at: latest };
    });
  });
  return timed.sort((one, other) => one.at - other.at).map(({ command }) => command);
}
