/**
 * Generates and parses job ids: `seat-3_hB1…`, the lane and a receipt id. The lane is included because BullMQ ids are
 * unique only within one queue. A receipt id is 22 characters of base64url (128 bits).
 */
import { hash, randomFillSync } from 'node:crypto';
import type { EpochMs } from '../commands/epoch-ms.ts';
import { LANE_KINDS, type LaneName } from './lanes.ts';

const RECEIPT_ID_BYTES = 16;
const CLOCK_BYTES = 6;
const JOB_ID = new RegExp(`^((?:${LANE_KINDS.join('|')})-\\d{1,2})_([\\w-]{22})$`);

/**
 * A new receipt id. It starts with the time, so that new receipts go to the same index pages and inserts stay cheap as
 * the table grows.
 */
export function mintReceiptId(now: EpochMs): string {
  if (drawn === POOL_BYTES) {
    randomFillSync(pool);
    drawn = 0;
  }
  const bytes = pool.subarray(drawn, drawn + RECEIPT_ID_BYTES);
  drawn += RECEIPT_ID_BYTES;
  bytes.writeUIntBE(now, 0, CLOCK_BYTES);
  return bytes.toString('base64url');
}

/** Random bytes are generated in bulk, because one call per id would cost more than the rest of the id. */
const POOL_BYTES = 256 * RECEIPT_ID_BYTES;
const pool = Buffer.alloc(POOL_BYTES);
let drawn = POOL_BYTES;

/** The receipt id of an idempotency key: the same for the same user and key, on every machine. */
export function receiptIdOfKey(subject: string, idempotencyKey: string): string {
  const digest = hash('sha256', JSON.stringify([subject, idempotencyKey]), 'buffer');
  return digest.subarray(0, RECEIPT_ID_BYTES).toString('base64url');
}

export function jobIdOf(lane: LaneName, receiptId: string): string {
  return `${lane}_${receiptId}`;
}

/** The parts of a job id; undefined if the text is not a job id. */
export function parseJobId(jobId: string): { lane: LaneName; receiptId: string } | undefined {
  const match = JOB_ID.exec(jobId);
  if (!match) return undefined;
  return { lane: match[1] as LaneName, receiptId: match[2] as string };
}

/** The parts of a job id that this system generated. @throws Error if the text is not a job id */
export function partsOfOurs(jobId: string): { lane: LaneName; receiptId: string } {
  const parts = parseJobId(jobId);
  if (!parts) throw new Error(`${jobId} is not a valid job id.`);
  return parts;
}
