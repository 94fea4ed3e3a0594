/** Timers on the simulated clock. A timer belongs to the process that set it, and ends with it. */
import { clock } from './clock.ts';
import { currentProcess, type SimProcess } from './processes.ts';

interface Timer {
  id: number;
  process: SimProcess;
  dueAt: number;
  everyMs: number | undefined;
  act: () => void;
}

let lastId = 0;
const timers = new Map<number, Timer>();

/** What `setTimeout` returns. */
export class TimerHandle {
  readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  refresh(): this {
    const timer = timers.get(this.id);
    if (timer) timer.dueAt = clock.now + (timer.everyMs ?? 0);
    return this;
  }
  close(): this {
    timers.delete(this.id);
    return this;
  }
  [Symbol.toPrimitive](): number {
    return this.id;
  }
  [Symbol.dispose](): void {
    timers.delete(this.id);
  }
}

export function setTimer(act: () => void, ms: number, isRepeated = false): TimerHandle {
  lastId += 1;
  const wait = Number.isFinite(ms) ? Math.max(1, ms) : 1;
  const everyMs = isRepeated ? wait : undefined;
  timers.set(lastId, {
    id: lastId,
    process: currentProcess(),
    dueAt: clock.now + wait,
    everyMs,
    act,
  });
  return new TimerHandle(lastId);
}

/** @param handle one of Node's own, from before the simulation began, is no timer of it, although it can be read as a number too */
export function clearTimer(handle: unknown): void {
  if (handle instanceof TimerHandle) timers.delete(handle.id);
  else if (typeof handle === 'number') timers.delete(handle);
}

/** When the next timer is due, in ms since 1970; undefined if there is none. */
export function nextDueAt(): number | undefined {
  let next: number | undefined;
  for (const { process, dueAt } of timers.values()) {
    const at = Math.max(dueAt, process.frozenUntil);
    if (next === undefined || at < next) next = at;
  }
  return next;
}

/** Takes the next due timer off the list. @returns what to call, or undefined */
export function takeDue(): (() => void) | undefined {
  let due: Timer | undefined;
  for (const timer of timers.values()) {
    if (!timer.process.isAlive) {
      timers.delete(timer.id);
      continue;
    }
    if (timer.dueAt > clock.now || timer.process.frozenUntil > clock.now) continue;
    const isEarlier =
      !due || timer.dueAt < due.dueAt || (timer.dueAt === due.dueAt && timer.id < due.id);
    if (isEarlier) due = timer;
  }
  if (!due) return undefined;
  const { process, everyMs, act, id } = due;
  if (everyMs === undefined) timers.delete(id);
  else due.dueAt = clock.now + everyMs;
  return () => process.run(act);
}
