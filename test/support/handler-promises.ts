/** The promises that every handler must keep. */
import { expect } from 'vitest';
import type { TakenCommand } from '../../workers/batch/batch.ts';
import { effects } from './effects.ts';
import type { TestLane } from './services/test-lane.ts';

/** The command takes effect once and gives the same outcome when it is delivered again, also twice in one batch. */
export async function expectOneEffect(lane: TestLane, command: TakenCommand): Promise<void> {
  const [first] = await lane.run(command);
  expect(first?.outcome.state).toBe('succeeded');
  const before = await effects(lane.rows);
  expect(await lane.run(command)).toEqual([first]);
  expect(await lane.run(command, command)).toEqual([first, first]);
  expect(await effects(lane.rows)).toEqual(before);
}

/**
 * The command fails permanently and changes nothing, also when it is delivered again.
 * @param write what fails: such as `insert on payment`
 */
export async function expectNothingBehind(
  lane: TestLane,
  command: TakenCommand,
  write: string,
): Promise<void> {
  const before = await effects(lane.rows);
  const broken = await lane.breakWrites(write);
  const outcome = await lane.outcome(command).finally(() => broken.mend());
  expect(outcome).toMatchObject({ state: 'failed', problem: { code: 'COMMAND_FAILED' } });
  expect(await lane.outcome(command)).toEqual(outcome);
  expect(await effects(lane.rows)).toEqual(before);
}

/** The command is refused with this code and changes nothing. */
export async function expectRefusal(
  lane: TestLane,
  command: TakenCommand,
  problem: { code: string; [about: string]: unknown },
): Promise<void> {
  const before = await effects(lane.rows);
  expect(await lane.outcome(command)).toMatchObject({ state: 'rejected', problem });
  expect(await effects(lane.rows)).toEqual(before);
}
