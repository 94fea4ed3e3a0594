/** The page of concerts: all of them, one with its performances, or the seats of one performance. */
import { html } from 'htm/preact';
import type { PageProps } from '../pages.ts';
import { PlacesView } from '../places/places-view.ts';
import { ConcertDetails } from './concert-details.ts';
import { ConcertList } from './concert-list.ts';

export function ConcertsView({ path: [concertId, part, scheduleId] }: PageProps) {
  if (concertId === undefined) return html`<${ConcertList} />`;
  if (part === 'places' && scheduleId !== undefined) {
    return html`<${PlacesView} key=${scheduleId} concertId=${Number(concertId)} scheduleId=${Number(scheduleId)} />`;
  }
  return html`<${ConcertDetails} key=${concertId} concertId=${Number(concertId)} />`;
}
