/** Three ways to put load on a system: all at once, at a rate, and by so many people one after another. */
import type { LoadAnswer } from '../http-client.ts';

export interface Loaded {
  wallMs: number;
  answers: LoadAnswer[];
}

type Send = () => Promise<LoadAnswer>;

/** Sends everything at the same moment. */
export async function atOnce(requests: readonly Send[]): Promise<Loaded> {
  const started = performance.now();
  const answers = await Promise.all(requests.map((send) => send()));
  return { wallMs: performance.now() - started, answers };
}

const NO_ANSWER: LoadAnswer = { status: 0, text: '', ms: Number.POSITIVE_INFINITY };

/**
 * Sends by the clock, whether answers come or not. Waiting counts from the moment at which a request was due, so
 * a system that falls behind cannot hide it.
 * @param rate requests a second
 * @param patienceMs what has no answer so long after the end counts as none
 */
export async function atRate(
  { rate, seconds, patienceMs }: { rate: number; seconds: number; patienceMs: number },
  next: () => Send,
): Promise<Loaded> {
  const total = Math.round(rate * seconds);
  const answers: Promise<LoadAnswer>[] = [];
  const started = performance.now();
  while (answers.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - started) / 1000) * rate));
    while (answers.length < due)
      answers.push(fromDue(started + (answers.length / rate) * 1000, next()));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  let ended = started;
  const settled = answers.map(async (answer) => {
    const got = await answer;
    ended = performance.now();
    return got;
  });
  const late = new Promise<'late'>((resolve) => setTimeout(resolve, patienceMs, 'late'));
  const got = await Promise.all(settled.map((answer) => Promise.race([answer, late])));
  return {
    wallMs: ended - started,
    answers: got.map((answer) => (answer === 'late' ? NO_ANSWER : answer)),
  };
}

async function fromDue(due: number, send: Send): Promise<LoadAnswer> {
  const answer = await send();
  return { ...answer, ms: performance.now() - due };
}

/** So many people act one after another for a while. @returns what each act took, in ms */
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
