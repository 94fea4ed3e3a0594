/**
 * Mints and parses job ids: `seat-3_hB1…`, the lane and a receipt id. The lane is in it because
 * BullMQ ids are unique within one queue only. A receipt id is 22 characters of base64url (128 bits).
 */
import { hash, randomFillSync } from 'node:crypto';
import type { LaneName } from './lanes.ts';

const RECEIPT_ID_BYTES = 16;
const CLOCK_BYTES = 6;
const JOB_ID = /^((?:seat|user)-\d{1,2})_([\w-]{22})$/;

/**
 * A new receipt id. It begins with the time, so that receipts of one moment lie together in the
 * index, which stays cheap to write however many there are.
 */
export function mintReceiptId(now: number): string {
  if (drawn === POOL_BYTES) {
    randomFillSync(pool);
    drawn = 0;
  }
  const bytes = pool.subarray(drawn, drawn + RECEIPT_ID_BYTES);
  drawn += RECEIPT_ID_BYTES;
  bytes.writeUIntBE(now, 0, CLOCK_BYTES);
  return bytes.toString('base64url');
}

/** Random bytes are drawn for many ids at once: a call for each costs more than the rest of the id. */
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

/** The parts of a job id, or undefined where the text is none. */
export function parseJobId(jobId: string): { lane: LaneName; receiptId: string } | undefined {
  const match = JOB_ID.exec(jobId);
  if (!match) return undefined;
  return { lane: match[1] as LaneName, receiptId: match[2] as string };
}

/** The parts of a job id that was minted here. @throws Error where the text is none */
export function partsOfOurs(jobId: string): { lane: LaneName; receiptId: string } {
  const parts = parseJobId(jobId);
  if (!parts) throw new Error(`${jobId} is no job id of ours.`);
  return parts;
}
