/** The part that notes which numbers users have taken out of the line of a queue. */
import { markGone } from '../../src/db/queue-line.ts';
import type { Part } from './part.ts';
import { rowParameters } from './row-parameters.ts';
import type { Departure } from './rows.ts';

/** The numbering's count of removed entries rises with each departure, under the lock of its row. */
type Versioned = Departure & { version: number | undefined };

const departed = rowParameters<Versioned>('departures', 'departed', {
  queue_id: ['int', ({ queueId }) => queueId],
  number: ['bigint', ({ number }) => number],
  version: ['bigint', ({ version }) => version],
});

export const departurePart: Part = {
  itemsIn: ({ rows }) =>
    rows.departures.map((departure) => ({
      ...departure,
      version: rows.numberings.get(departure.queueId)?.removed,
    })),
  build: (given, form) => markGone(departed.build(given, form), 'users'),
  bind: (items, form, values) => departed.bind(items as readonly Versioned[], form, values),
};
