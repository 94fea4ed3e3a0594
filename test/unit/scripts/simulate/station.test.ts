/** A station, compared with results of queueing theory. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../../scripts/simulate/seeded-random.ts';
import { Station } from '../../../../scripts/simulate/station.ts';

const ARRIVALS = 400_000;

/** The mean time from arrival to the start of service, with Poisson arrivals. */
function meanWait({ servers, rate, service }: Queue): number {
  const random = seededRandom(7);
  const exponential = (mean: number) => -Math.log(1 - random()) * mean;
  const station = new Station(servers);
  let [now, waited] = [0, 0];
  for (let count = 0; count < ARRIVALS; count += 1) {
    now += exponential(1 / rate);
    const seconds = service === 'always 1 s' ? 1 : exponential(1);
    waited += station.serve(now, seconds) - seconds - now;
  }
  return waited / ARRIVALS;
}

interface Queue {
  servers: number;
  /** Arrivals per second. */
  rate: number;
  service: 'always 1 s' | '1 s on average';
}

describe('the mean wait equals the closed form', () => {
  test.each([0.3, 0.6, 0.9])(
    'for one server with constant service time and utilisation %d (M/D/1)',
    (rate) => {
      const expected = rate / (2 * (1 - rate));
      const wait = meanWait({ servers: 1, rate, service: 'always 1 s' });
      expect(wait / expected).toBeCloseTo(1, 1);
    },
  );

  test('for two servers with random service time (M/M/2, by Erlang’s formula)', () => {
    const rate = 1.6;
    const allBusy = rate ** 2 / 2 / (1 - rate / 2);
    const expected = allBusy / (1 + rate + allBusy) / (2 - rate);
    const wait = meanWait({ servers: 2, rate, service: '1 s on average' });
    expect(wait / expected).toBeCloseTo(1, 1);
  });
});

test('a stretch factor delays work without counting as work', () => {
  const station = new Station();
  expect(station.serve(0, 2, 1.5)).toBe(3);
  expect(station.serve(1, 1)).toBe(4);
  expect(station.share(10)).toBeCloseTo(0.3);
});

test('the peak is the utilisation of the busiest ten seconds, and exceeds 1 on overload', () => {
  const station = new Station(2);
  station.note(5, 4);
  station.note(15, 30);
  expect(station.peak()).toBeCloseTo(1.5);
  expect(station.share(20)).toBeCloseTo(34 / 40);
});
