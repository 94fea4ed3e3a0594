/** The requests of processes to each other by `fetch`: to the sandbox, and of the sandbox to the API. Each may be lost, or its response. */
import { currentProcess } from '../host/processes.ts';
import type { Scheduler } from '../host/scheduler.ts';
import type { SimRequest } from '../parts/network.ts';
import { EVENTS_URL, SANDBOX_URL, type Sandbox } from './sandbox.ts';

export interface FetchDeps {
  scheduler: Scheduler;
  sandbox: Sandbox;
  /** What becomes of a request. */
  faultOf(): 'lost' | 'unanswered' | undefined;
  sendToApi(request: SimRequest): Promise<{ status: number; body: unknown }>;
}

/** Replaces `fetch` in this process. */
export function replaceFetch(deps: FetchDeps): void {
  globalThis.fetch = (input, init = {}) => {
    const url = new URL(String(input));
    const answer = url.href === EVENTS_URL ? sendEvent(deps, url, init) : ask(deps, url, init);
    return unlessAborted(answer, init.signal ?? undefined);
  };
}

async function sendEvent(deps: FetchDeps, url: URL, init: RequestInit): Promise<Response> {
  const headers = init.headers as Record<string, string>;
  const request = { method: 'POST', path: url.pathname, headers, body: String(init.body) };
  const { status, body } = await deps.sendToApi(request);
  return new Response(JSON.stringify(body), { status });
}

async function ask(deps: FetchDeps, url: URL, init: RequestInit): Promise<Response> {
  const { scheduler, sandbox } = deps;
  if (url.origin !== SANDBOX_URL) throw new Error(`Nobody answers at ${url.origin}.`);
  const client = currentProcess();
  const method = init.method ?? 'GET';
  await scheduler.turn(`fetches ${method} ${url.pathname.replace(/_.*/, '_')}`);
  const fault = deps.faultOf();
  if (fault === 'lost') throw failed();
  const path = `${url.pathname}${url.search}`;
  const { method: _, signal: __, redirect: ___, ...sent } = init;
  const response = await sandbox.process.run(async () => {
    const answered = await sandbox.app.request(path, { method, ...sent });
    const text = await answered.text();
    return { status: answered.status, text };
  });
  await new Promise<void>((resolve) => {
    client.run(() => scheduler.add(`is answered ${response.status}`, resolve));
  });
  if (fault === 'unanswered') throw failed();
  const hasBody = response.status !== 303;
  return new Response(hasBody ? response.text : null, { status: response.status });
}

const failed = () => new TypeError('fetch failed');

/** As `fetch` does: rejects with the reason of the signal once it is aborted. */
export function unlessAborted<Result>(
  doing: Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  if (!signal) return doing;
  doing.catch(() => undefined);
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    doing.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
