/** The part that writes one receipt per command. The primary key refuses a second receipt of one job. */
import { sql } from 'kysely';
import type { Outcome } from '../../src/commands/command.ts';
import type { Row } from '../../src/db/tables.ts';
import { bodyJsonOf } from '../../src/lanes/outcome-json.ts';
import { StringTable } from '../../src/lanes/string-table.ts';
import type { Part } from './part.ts';
import { rowParameters } from './row-parameters.ts';

export interface NewReceipt
  extends Omit<Row<'command_receipt'>, 'state' | 'result' | 'problem' | 'finishedAt'> {
  outcome: Outcome;
}

/** A receipt with the JSON of its outcome, or with the position of that JSON among the distinct ones, from 0. */
type EncodedReceipt = NewReceipt & { body: string | number };

const receiptTable = (body: 'body' | 'position', type: 'text' | 'int') =>
  rowParameters<EncodedReceipt>('receipts', 'receipt', {
    id: ['text', (receipt) => receipt.id],
    lane: ['text', (receipt) => receipt.lane],
    command: ['text', (receipt) => receipt.command],
    user_id: ['bigint', (receipt) => receipt.userId],
    request_hash: ['text', (receipt) => receipt.requestHash],
    state: ['text', (receipt) => receipt.outcome.state],
    accepted_at: ['timestamptz', (receipt) => receipt.acceptedAt],
    [body]: [type, (receipt) => receipt.body],
  });

const receipt = receiptTable('body', 'text');
const indexed = receiptTable('position', 'int');
/** The parameter with the distinct outcomes, one in each line: `bodyJsonOf` writes no line breaks, so the texts need no quotes. */
const BODIES = 'outcomes.bodies';

/** Equal outcomes of many commands are sent once. */
export const receiptPart: Part = {
  itemsIn: ({ receipts }) => receipts,
  build(given, form) {
    const source =
      form === 'one'
        ? receipt.build(given, form)
        : sql`${indexed.build(given, form)} cross join lateral
            (select (select string_to_array(${given[BODIES]}, chr(10)))[position + 1] as body) outcome`;
    return sql`
      insert into command_receipt (id, lane, command, user_id, request_hash, state, result, problem,
        accepted_at, finished_at)
      select id, lane, command, user_id, request_hash, state,
        case when state = 'succeeded' then body::json end, case when state <> 'succeeded' then body::json end,
        accepted_at, ${given.now}::timestamptz
      from ${source}`;
  },
  bind(items, form, values) {
    const receipts = items as readonly NewReceipt[];
    if (form === 'one') {
      const encoded = receipts.map((each) => ({ ...each, body: bodyJsonOf(each.outcome) }));
      receipt.bind(encoded, form, values);
      return;
    }
    const bodies = new StringTable();
    const encoded = receipts.map((each) => {
      const body = bodies.indexOfOutcome(each.outcome.state, bodyJsonOf(each.outcome));
      return { ...each, body };
    });
    indexed.bind(encoded, form, values);
    values[BODIES] = bodies.strings.join('\n');
  },
};
