/** Keeps the reasons of blocked seats up to date: what somebody else blocks is read again. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { sleep } from '../../../client/transport/sleep.ts';
import { callApi } from '../../api.ts';
import type { SeatStates } from '../../map/seat-states.ts';
import { BlockedReasons } from './blocked-reasons.ts';

/** What the operator blocks here is on the stream before its outcome, which tells the reason, so the page waits for that; in ms. */
const OUTCOME_MS = 500;

export function useBlockedReasons(scheduleId: number, states: SeatStates): BlockedReasons {
  const reasons = useMemo(() => new BlockedReasons(states), [states]);
  const [, setVersion] = useState(0);
  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    let isReading = false;
    const read = async () => {
      isReading = true;
      // A seat that is blocked during a read may be missing in it.
      while (!signal.aborted && reasons.isAnyUnknown) {
        await sleep(OUTCOME_MS, signal);
        if (!reasons.isAnyUnknown) break;
        const held = await callApi((seatlane) =>
          seatlane.seats(scheduleId, { state: 'held', signal }),
        );
        reasons.take(held);
        setVersion((version) => version + 1);
      }
    };
    const stop = states.subscribe((indexes) => {
      reasons.change(indexes);
      if (isReading || !reasons.isAnyUnknown) return;
      // Without the reasons the page works as well, and the next seat that is blocked tries again.
      read()
        .catch(() => undefined)
        .finally(() => {
          isReading = false;
        });
    });
    return () => {
      stop();
      ending.abort();
    };
  }, [scheduleId, states, reasons]);
  return reasons;
}
