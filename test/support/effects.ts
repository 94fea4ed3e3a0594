/** The rows that commands can change, for comparisons before and after a command. */

type ReadRows = <Row extends object>(text: string) => Promise<Row[]>;

/** All tables that a command can change, except those of receipts and users. */
const TABLES = [
  'concert',
  'hall',
  'hall_version',
  'schedule',
  'seat',
  'cancellation',
  'app_order',
  'booking',
  'points',
  'point_history',
  'payment',
  'check_in',
  'checkout',
  'card_refund',
  'outbox_call',
  'queue_entry',
  'waiting_queue',
  'queue_numbering',
  'queue_block',
  'draw',
  'draw_place',
  'operator_log',
];

/** Every row of these tables, as text, without presence columns, which reads change too. */
export async function effects(rows: ReadRows): Promise<Record<string, string[]>> {
  const found = await Promise.all(
    TABLES.map(async (table) => {
      const lines = await rows<{ line: string }>(
        `select (to_jsonb(${table}) - 'seen_at' - 'seen_near_front' - 'claimed_at')::text as line from ${table} order by 1`,
      );
      return [table, lines.map(({ line }) => line)] as const;
    }),
  );
  return Object.fromEntries(found);
}
