/** The lines that a batch adds to the operators' log: who changed what, and how it was before and after. */
import type { Outcome } from '../../../src/commands/command.ts';
import type { Row } from '../../../src/db/tables.ts';
import type { RunningCommand } from '../../handlers/handler.ts';

export type OperatorLogLine = Omit<Row<'operator_log'>, 'id' | 'createdAt'>;

export class OperatorLog {
  readonly lines: OperatorLogLine[] = [];
  #before: object | null = null;

  /** A handler says here what its command is about to change. Commands that only add something do not. */
  noteBefore(before: object): void {
    this.#before = structuredClone(before);
  }

  /** Adds the line of a command that was applied. A command that was refused has none. */
  close(command: RunningCommand, outcome: Outcome): void {
    const before = this.#before;
    this.#before = null;
    if (outcome.state !== 'succeeded') return;
    const { name, jobId, userId, input } = command;
    const reason = 'reason' in input ? String(input.reason) : null;
    this.lines.push({ userId, command: name, jobId, reason, before, after: outcome.result });
  }
}
