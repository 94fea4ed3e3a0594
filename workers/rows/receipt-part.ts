/** The part that writes one receipt a command; a second for the same job is refused by its key. */
import { sql } from 'kysely';
import type { Outcome } from '../../src/commands/command.ts';
import type { Row } from '../../src/db/tables.ts';
import { StringTable } from '../../src/lanes/string-table.ts';
import type { Part } from './part.ts';
import { tableOf } from './table-of.ts';

export interface NewReceipt
  extends Omit<Row<'command_receipt'>, 'state' | 'result' | 'problem' | 'finishedAt'> {
  outcome: Outcome;
}

/** A receipt with what it says, or with the place of that among all that is said, from 1. */
type Told = NewReceipt & { said: string | number };

const told = (said: 'said' | 'place', type: 'jsonb' | 'int') =>
  tableOf<Told>('receipts', 'receipt', {
    id: ['text', (receipt) => receipt.id],
    lane: ['text', (receipt) => receipt.lane],
    command: ['text', (receipt) => receipt.command],
    user_id: ['bigint', (receipt) => receipt.userId],
    request_hash: ['text', (receipt) => receipt.requestHash],
    state: ['text', (receipt) => receipt.outcome.state],
    accepted_at: ['timestamptz', (receipt) => receipt.acceptedAt],
    [said]: [type, (receipt) => receipt.said],
  });

const receipt = told('said', 'jsonb');
const placed = told('place', 'int');
const outcomes = tableOf<string>('outcomes', 'outcome', { said: ['jsonb', (text) => text] });

const textOf = ({ outcome }: NewReceipt) =>
  JSON.stringify(outcome.state === 'succeeded' ? outcome.result : outcome.problem);

/** What many of them say alike is sent and parsed once. */
export const receiptPart: Part = {
  itemsIn: ({ receipts }) => receipts,
  build(given, form) {
    const source =
      form === 'one'
        ? receipt.build(given, form)
        : sql`${placed.build(given, form)} join ${outcomes.build(given, form, 'place')} using (place)`;
    return sql`
      insert into command_receipt (id, lane, command, user_id, request_hash, state, result, problem,
        accepted_at, finished_at)
      select id, lane, command, user_id, request_hash, state,
        case when state = 'succeeded' then said end, case when state <> 'succeeded' then said end,
        accepted_at, ${given.now}::timestamptz
      from ${source}`;
  },
  bind(items, form, values) {
    const receipts = items as readonly NewReceipt[];
    if (form === 'one') {
      const said = receipts.map((each) => ({ ...each, said: textOf(each) }));
      receipt.bind(said, form, values);
      return;
    }
    const said = new StringTable();
    const lines = receipts.map((each) => ({ ...each, said: said.indexOf(textOf(each)) + 1 }));
    placed.bind(lines, form, values);
    outcomes.bind(said.strings, form, values);
  },
};
