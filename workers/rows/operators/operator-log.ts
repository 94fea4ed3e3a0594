/** The lines that a batch adds to the operators' log: who changed what, and how it was before and after. */
import type { Outcome } from '../../../src/commands/command.ts';
import type { Row } from '../../../src/db/tables.ts';
import type { RunningCommand } from '../../handlers/handler.ts';

export type OperatorLogLine = Omit<Row<'operator_log'>, 'id' | 'createdAt'>;

export class OperatorLog {
  readonly lines: OperatorLogLine[] = [];
  #before: object | null = null;
  #orderId: number | null = null;

  /** A handler says here what its command is about to change. Commands that only add something do not. */
  noteBefore(before: object): void {
    this.#before = structuredClone(before);
  }

  /** A handler says here which order its command is about; null for none. */
  noteOrder(orderId: number | null): void {
    this.#orderId = orderId;
  }

  /** Adds the line of a command that was applied. A command that was refused has none. */
  close(command: RunningCommand, outcome: Outcome): void {
    const [before, orderId] = [this.#before, this.#orderId];
    this.#before = null;
    this.#orderId = null;
    if (outcome.state !== 'succeeded') return;
    const { name, jobId, userId, input } = command;
    const reason = 'reason' in input ? String(input.reason) : null;
    const after = outcome.result;
    this.lines.push({ userId, command: name, jobId, reason, before, after, orderId });
  }
}
