/**
 * A history checker: is there one order of operations that explains every response?
 *
 * The search is Wing and Gong's ("Testing and verifying concurrent objects", 1993) with Lowe's memory
 * of what was tried ("Testing for linearizability", 2017): an operation may take effect at any moment between
 * its sending and its answer, and one that was never answered at any later moment, or never.
 */

/** An operation on a key and its response. All times are in ms on one clock. */
export interface Observed<Operation> {
  sentAt: number;
  /** Infinity if no response arrived: the operation may have taken effect or not. */
  answeredAt: number;
  operation: Operation;
}

/** The model of a key: the state after an operation, or undefined if its response does not fit the state. */
export interface Model<State extends string | number, Operation> {
  initial: State;
  apply(state: State, operation: Operation): State | undefined;
}

interface Event {
  index: number;
  isCall: boolean;
  previous: Event | undefined;
  next: Event | undefined;
}

/**
 * Searches for an order that explains all answers.
 * @returns undefined where there is one; else the operations around the first that cannot be explained
 */
export function findContradiction<State extends string | number, Operation>(
  model: Model<State, Operation>,
  history: readonly Observed<Operation>[],
): Observed<Operation>[] | undefined {
  const head = toEvents(history);
  const returns = new Map<number, Event>();
  for (let event = head.next; event; event = event.next) {
    if (!event.isCall) returns.set(event.index, event);
  }
  let unanswered = returns.size;
  const done = new Uint8Array(history.length);
  const tried = new Set<string>();
  const path: { call: Event; state: State }[] = [];
  let state = model.initial;
  let furthest = -1;
  let event = head.next;
  while (unanswered > 0) {
    if (event?.isCall) {
      const observed = history[event.index] as Observed<Operation>;
      const next = model.apply(state, observed.operation);
      if (next !== undefined && isNew(tried, done, event.index, next)) {
        path.push({ call: event, state });
        state = next;
        done[event.index] = 1;
        if (returns.has(event.index)) unanswered -= 1;
        lift(event, returns.get(event.index));
        event = head.next;
      } else {
        event = event.next;
      }
      continue;
    }
    // No operation fits before this response, so the last choice was wrong.
    if (event) furthest = Math.max(furthest, event.index);
    const last = path.pop();
    if (!last) return around(history, furthest);
    state = last.state;
    done[last.call.index] = 0;
    if (returns.has(last.call.index)) unanswered += 1;
    putBack(last.call, returns.get(last.call.index));
    event = last.call.next;
  }
  return undefined;
}

/** Calls and responses by time, as a linked list with a head. */
function toEvents(history: readonly { sentAt: number; answeredAt: number }[]): Event {
  const times = history.flatMap(({ sentAt, answeredAt }, index) => [
    { at: sentAt, index, isCall: true },
    ...(Number.isFinite(answeredAt) ? [{ at: answeredAt, index, isCall: false }] : []),
  ]);
  times.sort((a, b) => a.at - b.at || Number(b.isCall) - Number(a.isCall));
  const head: Event = { index: -1, isCall: true, previous: undefined, next: undefined };
  let last = head;
  for (const { index, isCall } of times) {
    last.next = { index, isCall, previous: last, next: undefined };
    last = last.next;
  }
  return head;
}

function isNew(tried: Set<string>, done: Uint8Array, index: number, state: string | number) {
  done[index] = 1;
  const key = `${state} ${Buffer.from(done).toString('latin1')}`;
  done[index] = 0;
  if (tried.has(key)) return false;
  tried.add(key);
  return true;
}

function lift(call: Event, answer: Event | undefined): void {
  for (const event of [call, answer]) {
    if (!event) continue;
    if (event.previous) event.previous.next = event.next;
    if (event.next) event.next.previous = event.previous;
  }
}

function putBack(call: Event, answer: Event | undefined): void {
  for (const event of [answer, call]) {
    if (!event) continue;
    if (event.previous) event.previous.next = event;
    if (event.next) event.next.previous = event;
  }
}

const SHOWN = 6;

function around<Operation>(
  history: readonly Observed<Operation>[],
  index: number,
): Observed<Operation>[] {
  const middle = history[index];
  if (!middle) return [];
  return history
    .filter((each) => each.sentAt <= middle.answeredAt)
    .toSorted((a, b) => a.answeredAt - b.answeredAt)
    .slice(-SHOWN);
}
