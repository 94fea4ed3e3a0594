/** Starts an API process and two workers, and kills one of them every few seconds. Another one takes its place. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchProcess, BenchSystem } from '../system.ts';

export interface Kills {
  counts: { api: number; worker: number };
  /** Kills no more. */
  end(): Promise<void>;
}

/** @param settings of all processes; PORT must be a fixed one @param eachMs the time between two kills; 0 kills nothing */
export async function killEach(
  system: BenchSystem,
  settings: Record<string, string>,
  eachMs: number,
): Promise<Kills> {
  let api: BenchProcess = await system.startApi(settings);
  const workers = [await system.startWorker(settings), await system.startWorker(settings)];
  const counts = { api: 0, worker: 0 };
  const ending = new AbortController();
  const run = async () => {
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
  const running = run().catch((error: unknown) => {
    if (!ending.signal.aborted) throw error;
  });
  return {
    counts,
    async end() {
      ending.abort();
      await running;
    },
  };
}
