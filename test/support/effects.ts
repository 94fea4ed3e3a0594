/** The rows that commands can change, for comparisons before and after a command. */

type ReadRows = <Row extends object>(text: string) => Promise<Row[]>;

/** These change without commands: owners of lanes, and until when polls were noted. */
const CHANGED_WITHOUT_COMMANDS = ['lane', 'presence_watch'];
/** Columns of presence, which reads change too. */
const PRESENCE_COLUMNS = "array['seen_at', 'seen_near_front', 'claimed_at']";

/** Every row that a command can change, as text by table, without those of receipts and users. */
export async function effects(rows: ReadRows): Promise<Record<string, string[]>> {
  const { command_receipt: _, app_user: __, ...changed } = await rowsByTable(rows);
  return changed;
}

/** Every row of every table of the database, as text by table, but for what changes without commands. */
export async function rowsByTable(rows: ReadRows): Promise<Record<string, string[]>> {
  const tables = await rows<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
  );
  const found = tables
    .filter(({ name }) => !CHANGED_WITHOUT_COMMANDS.includes(name))
    .map(async ({ name }) => [name, await linesOf(rows, name)] as const);
  return Object.fromEntries(await Promise.all(found));
}

async function linesOf(rows: ReadRows, table: string): Promise<string[]> {
  const lines = await rows<{ line: string }>(
    `select (to_jsonb("${table}") - ${PRESENCE_COLUMNS})::text as line from "${table}" order by 1`,
  );
  return lines.map(({ line }) => line);
}
