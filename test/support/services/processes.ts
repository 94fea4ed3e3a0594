/** Real API and worker processes, as an operator starts them. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { COMPILE_CACHE } from '../../../scripts/lib/compile-cache.ts';
import { TestClient } from '../http/client.ts';
import type { TestServices } from './database.ts';
import { environmentFor } from './seatlane.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
/** How much of a long log an error shows, from its end, in characters. */
const SHOWN_MAX = 8000;

export interface TestProcess {
  child: ChildProcess;
  /**
   * Asks it to stop and waits until it has gone.
   * @throws Error if it had ended by itself, which another process may have hidden, or ends with a failure
   */
  stop(): Promise<void>;
  /**
   * Kills the process while it works.
   * @throws Error if it had ended by itself
   */
  kill(): Promise<void>;
  /** The output of the process so far, from both streams. */
  said(): string;
}

export async function startWorkerProcess(
  services: TestServices,
  settings: Record<string, string> = {},
  words: string[] = [],
): Promise<TestProcess> {
  const { process: worker } = await startProcess('workers/main.ts', services, settings, {
    words,
  });
  return worker;
}

/** @param nodeOptions of the command line, such as the size of the heap */
export async function startApiProcess(
  services: TestServices,
  settings: Record<string, string> = {},
  nodeOptions: string[] = [],
): Promise<TestProcess & { client: TestClient; port: number }> {
  const started = await startProcess<{ port: number }>('src/main.ts', services, settings, {
    nodeOptions,
  });
  const { port } = started.message;
  return { ...started.process, port, client: new TestClient(`http://127.0.0.1:${port}`) };
}

/** Starts a file as a process and waits for its first message. */
export async function startProcess<Message>(
  file: string,
  services: TestServices,
  settings: Record<string, string> = {},
  { words = [], nodeOptions = [] }: { words?: string[]; nodeOptions?: string[] } = {},
): Promise<{ process: TestProcess; message: Message }> {
  const child = fork(resolve(ROOT, file), words, {
    env: {
      PATH: process.env.PATH,
      ...COMPILE_CACHE,
      // What it logs is shown only if it ends unexpectedly.
      ...environmentFor(services, { LOG_LEVEL: process.env.TEST_LOG ?? 'error', ...settings }),
    },
    execArgv: nodeOptions,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const said = listenTo(child);
  const last = () => said().slice(-SHOWN_MAX);
  const exited = once(child, 'exit');
  let isAsked = false;
  const end = async (signal: NodeJS.Signals) => {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (hasEnded && !isAsked) {
      throw new Error(`${file} ended by itself with code ${child.exitCode}:\n${last()}`);
    }
    isAsked = true;
    if (!hasEnded) child.kill(signal);
    const [code] = await exited;
    if (code) throw new Error(`${file} ended with code ${code} when asked to stop:\n${last()}`);
  };
  const [message] = await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => {
      throw new Error(`${file} ended with code ${code} before it was ready.`);
    }),
  ]);
  return {
    message: message as Message,
    process: { child, said, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') },
  };
}

/** Records the output of a process, and passes it on. */
function listenTo(child: ChildProcess): () => string {
  const parts: Buffer[] = [];
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from?.on('data', (part: Buffer) => {
      parts.push(part);
      if (process.env.TEST_LOG || to === process.stderr) to.write(part);
    });
  }
  return () => Buffer.concat(parts).toString();
}
