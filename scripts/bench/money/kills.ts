/** An API process and two workers, of which one is killed every few seconds. Another one takes its place. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchProcess, BenchSystem } from '../system.ts';

export interface KilledProcesses {
  counts: { api: number; worker: number };
  /** Kills a process each so many ms from now on; 0 kills nothing. */
  begin(eachMs: number): void;
  /** Kills no more. */
  end(): Promise<void>;
}

/** @param settings of all processes; PORT must be a fixed one */
export async function startKilled(
  system: BenchSystem,
  settings: Record<string, string>,
): Promise<KilledProcesses> {
  let api: BenchProcess = await system.startApi(settings);
  const workers = [await system.startWorker(settings), await system.startWorker(settings)];
  const counts = { api: 0, worker: 0 };
  const ending = new AbortController();
  const killEach = async (eachMs: number) => {
    for (let turn = 0; eachMs > 0; turn += 1) {
      await sleep(eachMs, undefined, { signal: ending.signal });
      if (turn % 3 === 2) {
        await api.kill();
        counts.api += 1;
        api = await system.startApi(settings);
      } else {
        await workers.shift()?.kill();
        counts.worker += 1;
        workers.push(await system.startWorker(settings));
      }
    }
  };
  let running: Promise<void> | undefined;
  return {
    counts,
    begin(eachMs) {
      running = killEach(eachMs).catch((error: unknown) => {
        if (!ending.signal.aborted) throw error;
      });
    },
    async end() {
      ending.abort();
      await running;
    },
  };
}
