/** What is on: concerts with their next dates, found by text and date. */
import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { SaleEvent } from '../../../client/index.ts';
import { useWords } from '../../texts.ts';
import { usePages } from '../../use-pages.ts';
import { MoreButton, QueryResult } from '../parts.ts';
import { useOpenings } from './countdown.ts';
import { EventCard } from './event-card.ts';
import { EventFilters, isFiltered, NO_FILTER, type Shown, toOptions } from './filters.ts';

export function EventsView() {
  const { t, number } = useWords();
  const [filter, setFilter] = useState<Shown>(NO_FILTER);
  const events = usePages(`events ${JSON.stringify(filter)}`, (seatlane, options) =>
    seatlane.events({ ...options, ...toOptions(filter) }),
  );
  useOpenings(
    events,
    (events.body ?? []).filter(isAhead).map(({ saleStartAt }) => saleStartAt),
  );
  return html`
    <section class="column is-wide">
      <h1 class="title" tabindex="-1">${t.chooseConcert}</h1>
      <${EventFilters} onChange=${setFilter} />
      <${QueryResult} query=${events}>
        ${(found: readonly SaleEvent[]) =>
          found.length === 0
            ? html`<p class="note" role="status">${isFiltered(filter) ? t.noneFound : t.noConcerts}</p>`
            : html`
                <p class="sr" role="status">${isFiltered(filter) ? t.found(number(found.length)) : ''}</p>
                <ul class="events">
                  ${found.map((event) => html`<${EventCard} key=${event.concert.id} event=${event} />`)}
                </ul>
                <${MoreButton} pages=${events} text=${t.moreConcerts} />
              `}
      <//>
    </section>
  `;
}

const isAhead = ({ saleState, concert }: SaleEvent) =>
  saleState === 'upcoming' && concert.state !== 'closed';
