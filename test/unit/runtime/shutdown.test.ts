/** The shutdown of a process: one run of the steps, in order, within a limit, and its exit code. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ShutdownOptions, shutDownOnSignals } from '../../../src/runtime/shutdown.ts';

class FakeProcess extends EventEmitter {
  readonly codes: number[] = [];
  readonly exited = Promise.withResolvers<void>();
  send?: unknown;
  connected = true;

  exit(code: number): void {
    this.codes.push(code);
    this.exited.resolve();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp(options: Partial<ShutdownOptions>, host = new FakeProcess()) {
  const reports: string[] = [];
  const report = (sentence: string) => reports.push(sentence);
  const shutdown = shutDownOnSignals({ steps: {}, limitMs: 9000, report, host, ...options });
  return { host, reports, shutdown };
}

const never = () => new Promise<void>(() => {});

test('the steps run one after the other, and then the process exits with code 0', async () => {
  const lines: string[] = [];
  const first = Promise.withResolvers<void>();
  const { host, reports } = setUp({
    steps: {
      requests: () => first.promise.then(() => lines.push('requests')),
      connections: () => lines.push('connections'),
    },
    onBegin: (cause) => lines.push(`begin ${cause}`),
    onClosed: () => lines.push('closed'),
  });
  host.emit('SIGTERM');
  await vi.advanceTimersByTimeAsync(0);
  expect(lines).toEqual(['begin SIGTERM']);
  first.resolve();
  await host.exited.promise;
  expect(lines).toEqual(['begin SIGTERM', 'requests', 'connections', 'closed']);
  expect(host.codes).toEqual([0]);
  expect(reports).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test('further signals, a disconnect and `begin` do not run the steps again', async () => {
  const close = vi.fn(async () => {});
  const repeats: string[] = [];
  const { host, shutdown } = setUp({
    steps: { connections: close },
    onRepeat: (cause) => repeats.push(cause),
  });
  expect(shutdown.hasBegun).toBe(false);
  host.emit('SIGINT');
  expect(shutdown.hasBegun).toBe(true);
  for (const cause of ['SIGINT', 'SIGTERM', 'disconnect']) host.emit(cause);
  await shutdown.begin(7);
  expect(close).toHaveBeenCalledTimes(1);
  expect(host.codes).toEqual([0]);
  expect(repeats).toEqual(['SIGINT', 'SIGTERM', 'disconnect']);
});

test('a step that hangs ends the process with code 1, and the report names it and the rest', async () => {
  const rest = vi.fn();
  const onClosed = vi.fn();
  const { host, reports } = setUp({
    steps: { requests: async () => {}, batches: never, connections: rest },
    onClosed,
  });
  host.emit('SIGTERM');
  await vi.advanceTimersByTimeAsync(8999);
  expect(host.codes).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(host.codes).toEqual([1]);
  expect(reports).toEqual(['Not closed within 9 s: batches, connections.']);
  expect(rest).not.toHaveBeenCalled();
  expect(onClosed).not.toHaveBeenCalled();
});

test('a step that fails is reported, and the next ones still run', async () => {
  const rest = vi.fn();
  const fail = () => Promise.reject(new Error('broken'));
  const { host, reports } = setUp({ steps: { batches: fail, connections: rest } });
  host.emit('SIGTERM');
  await host.exited.promise;
  expect(rest).toHaveBeenCalledTimes(1);
  expect(reports).toEqual(['Closing failed: batches.']);
  expect(host.codes).toEqual([1]);
});

test('the exit code of a cause is kept, also if a step fails', async () => {
  const fail = () => Promise.reject(new Error('broken'));
  const { host } = setUp({ causes: { SIGINT: 130 }, steps: { batches: fail } });
  expect(host.eventNames()).toEqual(['SIGINT']);
  host.emit('SIGINT');
  await host.exited.promise;
  expect(host.codes).toEqual([130]);
});

test('`begin` shuts down with the given exit code', async () => {
  const { host, shutdown } = setUp({});
  await shutdown.begin(3);
  expect(host.codes).toEqual([3]);
});

test('a process whose parent has already exited shuts down immediately', async () => {
  const host = Object.assign(new FakeProcess(), { send: () => {}, connected: false });
  const causes: unknown[] = [];
  setUp({ onBegin: (cause) => causes.push(cause) }, host);
  await host.exited.promise;
  expect(causes).toEqual(['disconnect']);
  expect(host.codes).toEqual([0]);
});
