/** What the profiles measure and count, and the limits of it. Times are in ms. */
import { Counter, Rate, Trend } from 'k6/metrics';

const isTime = true;

export const seatRead = new Trend('seat_read', isTime);
/** From the request of an order to its outcome, with all waits and retries. */
export const bookingOutcome = new Trend('booking_outcome', isTime);
export const paymentOutcome = new Trend('payment_outcome', isTime);
export const chargeOutcome = new Trend('charge_outcome', isTime);
/** From the request to enter the queue to its outcome, a place in the line. */
export const entryOutcome = new Trend('entry_outcome', isTime);
/** From that place to the admission. It depends on the admission rate that the operator has set. */
export const admissionWait = new Trend('admission_wait', isTime);

/** Per contest, whether at most one of the buyers who ordered one seat got it. */
export const doubleBookingsBlocked = new Rate('double_bookings_blocked');
/** Per buyer, whether the balance at the end is what was charged minus what was paid. */
export const pointsRight = new Rate('points_right');
/** Per journey, whether it ended in another way than those that a buyer expects. */
export const journeysFailed = new Rate('journeys_failed');

export const ordersPaid = new Counter('orders_paid');
/** Refusals of a seat that another buyer was faster to take. */
export const seatsTaken = new Counter('seats_taken');
/** Journeys that found no seat. */
export const soldOut = new Counter('sold_out');
/** Requests that were answered 429 or 503, or not at all, and were sent again. */
export const requestsRetried = new Counter('requests_retried');
/** Runs of timed work (expiry, admission and others) that took more than a second. */
export const timedWorkSlow = new Counter('timed_work_slow');

const TIMES = { seat_read: 100, booking_outcome: 200, payment_outcome: 300 };

/**
 * The thresholds of a profile.
 * @param abort how to abort the run when a time is exceeded, such as `{ delayAbortEval: '10s' }`; by default the run goes on
 */
export function thresholdsWith(abort) {
  const thresholds = {
    timed_work_slow: ['count==0'],
    double_bookings_blocked: ['rate==1'],
    points_right: ['rate==1'],
    journeys_failed: ['rate==0'],
  };
  for (const name of Object.keys(TIMES)) {
    const threshold = `p(95)<${TIMES[name]}`;
    thresholds[name] = [abort ? { threshold, abortOnFail: true, ...abort } : threshold];
  }
  return thresholds;
}

/** What k6 prints of each Trend. */
export const summaryTrendStats = ['med', 'p(95)', 'p(99)', 'max'];
