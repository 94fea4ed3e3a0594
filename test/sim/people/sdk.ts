/** The client package (`src/client`) in a simulation: its requests go through the simulated network. */
import { ApiProblem, type Job, Seatlane } from '../../../src/client/index.ts';
import type { Fetch } from '../../../src/client/options.ts';
import type { EventConnection } from '../parts/streamed-response.ts';
import { unlessAborted } from '../provider/fetch.ts';
import type { Shop } from './shop.ts';

const STATUS_FAILED = 500;

/** A client of the package that never gives up. @param token returns its access token */
export function openSdk(shop: Shop, token: () => Promise<string>): Seatlane {
  return new Seatlane({
    baseUrl: 'http://api.sim',
    token,
    fetch: fetchBy(shop),
    retries: Number.POSITIVE_INFINITY,
    onRetry({ method, path, error }) {
      const isFailed = error instanceof ApiProblem && error.status === STATUS_FAILED;
      if (isFailed) shop.onWrong(`${method} ${path} was answered ${STATUS_FAILED}.`);
    },
  });
}

/** Follows the states of a job. @returns the last one; undefined if there is no such job any more */
export async function followJob(
  shop: Shop,
  token: () => Promise<string>,
  jobId: string,
): Promise<Job | undefined> {
  let last: Job | undefined;
  try {
    for await (const job of openSdk(shop, token).jobStates(jobId)) last = job;
  } catch (error) {
    if (error instanceof ApiProblem && error.is('JOB_NOT_FOUND')) return undefined;
    throw error;
  }
  if (!last?.finishedAt) shop.onWrong(`The states of ${jobId} ended before its outcome.`);
  return last;
}

function fetchBy({ network }: Shop): Fetch {
  return async (url, { method = 'GET', headers, body, signal }) => {
    const { pathname, search } = new URL(url);
    const answering = network.send({
      method,
      path: `${pathname}${search}`,
      headers: Object.fromEntries(new Headers(headers)),
      ...(typeof body === 'string' && { body }),
    });
    const ending = signal ?? undefined;
    // Whoever has left before the answer leaves its stream too.
    answering.then(({ stream }) => ending?.aborted && stream?.close()).catch(() => undefined);
    const { status, body: answer, stream } = await unlessAborted(answering, ending);
    if (stream) return new Response(bodyOf(stream, ending));
    return new Response(JSON.stringify(answer), { status });
  };
}

function bodyOf(stream: EventConnection, signal: AbortSignal | undefined) {
  signal?.addEventListener('abort', () => stream.close());
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const bytes = await unlessAborted(stream.read(), signal);
        if (bytes) controller.enqueue(new Uint8Array(bytes));
        else controller.close();
      },
      cancel: () => stream.close(),
    },
    // Nothing is read ahead: what the client has not read is still in the network.
    { highWaterMark: 0 },
  );
}
