/** The statements that write a batch: what must be over before something else begins is a statement before it. */
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
} from 'kysely';
import { expect, test } from 'vitest';
import { type QueueEntryRow, Rows } from '../../../../workers/rows/rows.ts';
import { writeRows } from '../../../../workers/rows/write-rows.ts';

const compiler = new Kysely<never>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
const now = new Date('2026-11-27T12:00:00Z');

function statementsFor(rows: Rows): string[] {
  const sent: string[] = [];
  const send = async (statement: RawBuilder<unknown>) => {
    sent.push(statement.compile(compiler).sql);
    return [];
  };
  writeRows(send as never, rows, now, []);
  return sent;
}

const entry = (number: number): QueueEntryRow => ({
  ...{ number, userId: 1, state: 'waiting', enteredAt: now, expiresAt: null },
  ...{ endedAt: null, endReason: null, jobId: 'job' },
});

test('an open place of a user ends in a statement before the one in which the next begins', () => {
  const rows = new Rows();
  rows.queueEntries.load(entry(1));
  const old = rows.queueEntries.get(1) as QueueEntryRow;
  rows.queueEntries.change(old, { state: 'ended', endedAt: now, endReason: 'left' });
  rows.queueEntries.add(entry(2));
  const statements = statementsFor(rows);
  const [ends, begins] = ['update queue_entry', 'insert into queue_entry'].map((start) =>
    statements.findIndex((statement) => statement.includes(start)),
  );
  expect(ends).toBeGreaterThanOrEqual(0);
  expect(begins).toBeGreaterThan(ends as number);
});

test('what needs no order is one statement', () => {
  const rows = new Rows();
  rows.queueEntries.add(entry(1));
  rows.points.load({ userId: 1, balance: 5, isNew: true });
  rows.points.change(rows.pointsOf(1), { balance: 6 });
  expect(statementsFor(rows)).toHaveLength(1);
});
