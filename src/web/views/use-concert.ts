/** A concert in the buyers' views. The view before has mostly read it already, so that the next one need not wait for it. */
import { useEffect } from 'preact/hooks';
import type { Concert } from '../../commands/schemas/resources.ts';
import { wrongQueues } from '../api.ts';
import { type Query, useQuery } from '../hooks.ts';

/** The concert, which is read again when it turns out that it may have another queue now. */
export function useConcert(concertId: number): Query<Concert> {
  const query = useQuery(
    `concert ${concertId}`,
    (seatlane, options) => seatlane.concert(concertId, options),
    { isKept: true },
  );
  const { refetch } = query;
  useEffect(() => wrongQueues.subscribe(refetch), [refetch]);
  return query;
}
