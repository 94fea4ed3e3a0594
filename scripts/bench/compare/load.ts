/** Three kinds of load: all requests at once, at a fixed rate, and by a fixed number of concurrent users. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadResponse } from '../http-client.ts';

export interface Loaded {
  wallMs: number;
  responses: LoadResponse[];
}

type Send = () => Promise<LoadResponse>;

/** Sends all requests at the same time. */
export async function atOnce(requests: readonly Send[]): Promise<Loaded> {
  const started = performance.now();
  const responses = await Promise.all(requests.map((send) => send()));
  return { wallMs: performance.now() - started, responses };
}

const NO_RESPONSE: LoadResponse = {
  status: 0,
  headers: {},
  text: '',
  bytes: 0,
  ms: Number.POSITIVE_INFINITY,
};

/**
 * Sends requests at a fixed rate, without waiting for responses. A latency counts from the time at which the request
 * was due, so that a system that falls behind cannot hide it (coordinated omission).
 * @param rate requests per second
 * @param timeoutMs how long to wait for responses after the last request
 */
export async function atRate(
  { rate, seconds, timeoutMs }: { rate: number; seconds: number; timeoutMs: number },
  next: () => Send,
): Promise<Loaded> {
  const total = Math.round(rate * seconds);
  const responses: Promise<LoadResponse>[] = [];
  const started = performance.now();
  while (responses.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - started) / 1000) * rate));
    while (responses.length < due)
      responses.push(fromDue(started + (responses.length / rate) * 1000, next()));
    await sleep(1);
  }
  let ended = started;
  const settled = responses.map(async (response) => {
    const got = await response;
    ended = performance.now();
    return got;
  });
  const late = sleep(timeoutMs, 'late' as const);
  const got = await Promise.all(settled.map((response) => Promise.race([response, late])));
  return {
    wallMs: ended - started,
    responses: got.map((response) => (response === 'late' ? NO_RESPONSE : response)),
  };
}

async function fromDue(due: number, send: Send): Promise<LoadResponse> {
  const response = await send();
  return { ...response, ms: performance.now() - due };
}

/** Lets `people` users act repeatedly for `seconds`. @returns the duration of each act, in ms */
export async function byPeople(
  people: number,
  seconds: number,
  act: (person: number) => Promise<void>,
): Promise<{ wallMs: number; ms: number[] }> {
  const ms: number[] = [];
  const started = performance.now();
  const end = started + seconds * 1000;
  const live = async (person: number) => {
    while (performance.now() < end) {
      const begun = performance.now();
      await act(person);
      ms.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: people }, (_, person) => live(person)));
  return { wallMs: performance.now() - started, ms };
}
