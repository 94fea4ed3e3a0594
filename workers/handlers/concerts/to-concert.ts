/** A concert as clients see it. */
import type { Concert } from '../../../src/commands/schemas/resources.ts';
import type { ConcertRow } from '../../rows/rows.ts';

export function toConcert(row: ConcertRow): Concert {
  const { id, title, description, createdAt, queueId, venue, timeZone, imageHash, closedAt } = row;
  return {
    id,
    title,
    description,
    createdAt: createdAt.toISOString(),
    queueId,
    venue,
    timeZone,
    image: imageHash === null ? null : `/concerts/${id}/image?v=${imageHash}`,
    state: closedAt === null ? 'open' : 'closed',
  };
}
