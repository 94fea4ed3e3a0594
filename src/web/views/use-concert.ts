/** A concert in the buyers' views. The view before has mostly read it already, so that the next one need not wait for it. */
import type { Concert } from '../../commands/schemas/resources.ts';
import { type Query, useQuery } from '../hooks.ts';

export function useConcert(concertId: number): Query<Concert> {
  return useQuery(
    `concert ${concertId}`,
    (seatlane, options) => seatlane.concert(concertId, options),
    { isKept: true },
  );
}
