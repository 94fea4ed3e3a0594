/** The lines that a batch adds to the operators' log: who changed what, and how it was before and after. */
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

  /**
   * Adds the line of a command that was applied.
   * @param after the result of the command; undefined if it was refused, so that it has no line
   */
  close(command: RunningCommand, after: object | undefined): void {
    const before = this.#before;
    this.#before = null;
    if (!after) return;
    const { name, jobId, userId, input } = command;
    const reason = 'reason' in input ? String(input.reason) : null;
    this.lines.push({ userId, command: name, jobId, reason, before, after });
  }
}
