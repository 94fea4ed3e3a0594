/** Makes `queue_block` fit entries that a test has written by SQL, so that the audit after all tests finds nothing wrong. */

type Rows = <Row extends object>(text: string) => Promise<Row[]>;

/** Notes every number as gone whose entry is not in the line, and lets admissions begin with the first number. */
export async function noteLine(rows: Rows): Promise<void> {
  await rows('delete from queue_block');
  await rows('update waiting_queue set line_version = line_version + 1, line_from = 0');
  await rows(`insert into queue_block (queue_id, source, block, gone, version)
    select queue.id, 'system', (n - 1) / 1024,
      bit_or(set_bit(0::bit(1024), (n - 1) % 1024, case when entry.id is null then 1 else 0 end)), line_version
    from waiting_queue queue join queue_numbering on queue_numbering.queue_id = queue.id
    cross join lateral generate_series(1, last_number::int) n
    left join queue_entry entry on entry.queue_id = queue.id and entry.number = n
      and entry.state = 'waiting' and entry.skipped_at is null
    group by queue.id, 3`);
}
