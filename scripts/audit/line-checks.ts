/** The invariants of the lines of waiting queues: `queue_block` says exactly who is in them. */
import { BLOCK_SIZE } from '../../src/db/reads/queue/line.ts';
import type { Check } from './check.ts';

const inLine = `(select queue_id, number from queue_entry where state = 'waiting' and skipped_at is null) in_line`;

/** What users and the system have noted together. */
const blocks = `(select queue_id, block, bit_or(gone) as gone from queue_block group by queue_id, block) blocks`;

export const lineChecks: readonly Check[] = [
  {
    promise: 'No user in the line of a queue is noted as gone',
    counted: `select count(*) from ${inLine}`,
    wrong: `
      select format('number %s of queue %s is in the line and noted as gone', number, queue_id)
      from ${inLine} join ${blocks} using (queue_id)
      where block = (number - 1) / ${BLOCK_SIZE} and get_bit(gone, ((number - 1) % ${BLOCK_SIZE})::int) = 1`,
  },
  {
    // While a draw is held, reserved numbers and those of users who already have them are counted twice.
    promise: 'Every number of a queue that is not in its line is noted as gone',
    counted: `select count(*) from queue_block`,
    wrong: `
      select format('queue %s has %s users in its line; %s of %s numbers are not noted as gone', queue_id,
        in_line, last_number - gone, last_number)
      from queue_numbering cross join lateral (
        select count(*) as in_line from ${inLine} where in_line.queue_id = queue_numbering.queue_id
      ) counted cross join lateral (
        select coalesce(sum(bit_count(gone)), 0) as gone from ${blocks} where blocks.queue_id = queue_numbering.queue_id
      ) noted
      where in_line <> last_number - gone and queue_id not in (
        select queue_id from draw where closed_at is not null and drawn_at is null)`,
  },
  {
    promise: 'No number is noted as gone that was not assigned',
    counted: `select count(*) from queue_block`,
    wrong: `
      select format('block %s of queue %s goes beyond the last number %s', block, queue_id, last_number)
      from ${blocks} join queue_numbering using (queue_id)
      where bit_count(gone << greatest(0, least(${BLOCK_SIZE}, last_number - block::bigint * ${BLOCK_SIZE}))::int) > 0`,
  },
  {
    promise: 'No user in the line of a queue is before the number where its admissions begin',
    counted: `select count(*) from ${inLine}`,
    wrong: `
      select format('number %s of queue %s is in the line, which begins at %s', number, queue_id, line_from)
      from ${inLine} join waiting_queue on waiting_queue.id = queue_id where number < line_from`,
  },
  {
    promise: 'No block of a line has a version that was not reached',
    counted: `select count(*) from queue_block`,
    wrong: `
      select format('block %s of queue %s by the %s has the version %s', block, queue_id, source, version)
      from queue_block join queue_numbering using (queue_id) join waiting_queue on waiting_queue.id = queue_id
      where version > case source when 'users' then queue_numbering.removed else line_version end`,
  },
];
