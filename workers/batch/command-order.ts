/** Merges what was taken out of several lanes into the order in which it is applied. */
import type { TakenCommand } from './batch.ts';

/**
 * By the time of acceptance, and never against the order of a lane: API processes whose clocks differ a little may
 * have put commands into it whose times go back.
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
