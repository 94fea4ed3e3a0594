/** The ids of queue entries. */

/** More numbers than a queue ever assigns; with it, the ids of all queues stay below 2^53. */
const NUMBERS_PER_QUEUE = 2 ** 36;

/**
 * The id of an entry that gets this number when it is added. No number is assigned twice in a queue, so no id is given twice,
 * also after the entry was deleted: old orders and queue tokens name no other entry. A draw changes the number only.
 */
export function entryIdOf({ queueId, number }: { queueId: number; number: number }): number {
  return (queueId - 1) * NUMBERS_PER_QUEUE + number;
}
