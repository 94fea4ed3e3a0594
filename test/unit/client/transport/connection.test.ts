/** One HTTP exchange: the request that is sent, and the result of each kind of response. */
import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  ApiProblem,
  CommandFailed,
  Interrupted,
  type ProblemDocument,
  Refusal,
} from '../../../../src/client/errors.ts';
import type { Fetch, SeatlaneOptions } from '../../../../src/client/options.ts';
import { Connection, type Request } from '../../../../src/client/transport/connection.ts';
import { thrownBy } from '../../../support/thrown-by.ts';

const GET: Request = { method: 'GET', path: '/points' };

function connect(fetch: Fetch, options: Partial<SeatlaneOptions> = {}): Connection {
  return new Connection({ baseUrl: 'http://api/', fetch, ...options });
}

/** A connection on which every request gets this response. */
function respondingWith(body: string | object, init: ResponseInit = {}): Connection {
  return connect(
    async () => new Response(typeof body === 'string' ? body : JSON.stringify(body), init),
  );
}

/** A `fetch` that never gets a response; it rejects when the signal is aborted. */
const silent: Fetch = (_, { signal }) =>
  new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason));
  });

const problem: ProblemDocument = {
  type: 'urn:x',
  title: 'No',
  status: 409,
  detail: 'The seat is held.',
  code: 'SEAT_ALREADY_HELD',
};

describe('a request', () => {
  test('carries its tokens, preferences, key, query and body', async () => {
    const sent: [url: string, init: RequestInit][] = [];
    const connection = connect(
      async (...request) => {
        sent.push(request);
        return Response.json({});
      },
      { token: 'secret' },
    );
    await connection.exchange({
      method: 'POST',
      path: '/a',
      query: { limit: 3, cursor: undefined, from: 'a b' },
      body: { amount: 1 },
      headers: { 'Queue-Token': 'q' },
      waitSeconds: 20,
      idempotencyKey: 'k',
    });
    const [url, { method, headers, body }] = sent[0] as [string, RequestInit];
    expect([url, method, body]).toEqual(['http://api/a?limit=3&from=a+b', 'POST', '{"amount":1}']);
    expect(Object.fromEntries(headers as Headers)).toEqual({
      authorization: 'Bearer secret',
      prefer: 'wait=20',
      'idempotency-key': 'k',
      'content-type': 'application/json',
      'queue-token': 'q',
    });
  });

  test('with an invalid header is the caller’s mistake, not a network error', async () => {
    const exchange = respondingWith({}).exchange({ ...GET, idempotencyKey: '좌석' });
    expect(await thrownBy(exchange)).toBeInstanceOf(TypeError);
  });
});

describe('an error response', () => {
  test('with a job id is the refusal of a command', async () => {
    const headers = { 'Retry-After': '3' };
    const error = await thrownBy(
      respondingWith(
        { ...problem, jobId: 'seat-1_x', seatId: 7 },
        { status: 409, headers },
      ).exchange(GET),
    );
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({
      code: 'SEAT_ALREADY_HELD',
      status: 409,
      detail: 'The seat is held.',
      jobId: 'seat-1_x',
      retryAfterMs: 3000,
      problem: { seatId: 7 },
      message: 'SEAT_ALREADY_HELD: The seat is held.',
    });
  });

  test('with COMMAND_FAILED is a failed command', async () => {
    const given = { ...problem, status: 500, code: 'COMMAND_FAILED', jobId: 'seat-1_x' };
    expect(await thrownBy(respondingWith(given, { status: 500 }).exchange(GET))).toBeInstanceOf(
      CommandFailed,
    );
  });

  test('without a job id is a refused request, even with a code that the client does not know', async () => {
    const given = { ...problem, code: 'FULL_MOON' };
    const error = await thrownBy(respondingWith(given, { status: 409 }).exchange(GET));
    expect(error).toBeInstanceOf(ApiProblem);
    expect(error).toMatchObject({ code: 'FULL_MOON', status: 409, retryAfterMs: 0 });
  });

  test.each(['<h1>Bad gateway</h1>', 'null', '"x"', '{}', ''])(
    'of a gateway (%j) gets a code from its status',
    async (page) => {
      const init = { status: 502, statusText: 'Bad Gateway' };
      const error = await thrownBy(respondingWith(page, init).exchange(GET));
      expect(error).toBeInstanceOf(ApiProblem);
      expect(error).toMatchObject({ code: 'HTTP_502', status: 502 });
    },
  );

  test('with only a code is completed to a problem document', async () => {
    const error = await thrownBy(respondingWith({ code: 'NO' }, { status: 403 }).exchange(GET));
    expect(error).toMatchObject({ code: 'NO', status: 403, problem: { title: '', status: 403 } });
  });

  test('is Interrupted if the response breaks off or never comes, with the cause of `fetch failed`', async () => {
    const cut = respondingWith('{"balance":');
    expect(await thrownBy(cut.exchange(GET))).toBeInstanceOf(Interrupted);
    const refused = connect(async () => {
      throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    });
    expect(await thrownBy(refused.exchange(GET))).toMatchObject({
      name: 'Interrupted',
      message: 'connect ECONNREFUSED',
    });
  });
});

describe('a 401 response', () => {
  /** An API that accepts only the second token of the function. */
  function acceptingSecondToken() {
    const seen: (string | null)[] = [];
    let given = 0;
    const fetch: Fetch = async (_, { headers }) => {
      const token = new Headers(headers).get('authorization');
      seen.push(token);
      const isAccepted = token === 'Bearer 2';
      return isAccepted ? Response.json({ balance: 1 }) : Response.json(problem, { status: 401 });
    };
    const token = () => {
      given += 1;
      return String(given);
    };
    return { seen, fetch, token };
  }

  test('leads to one retry with a new token', async () => {
    const { seen, fetch, token } = acceptingSecondToken();
    expect((await connect(fetch, { token }).exchange(GET)).body).toEqual({ balance: 1 });
    expect(seen).toEqual(['Bearer 1', 'Bearer 2']);
  });

  test('is final if there is no new token, or if that is refused too', async () => {
    for (const token of ['1', () => '1', undefined]) {
      const { seen, fetch } = acceptingSecondToken();
      const error = await thrownBy(connect(fetch, { token }).exchange(GET));
      expect(error).toMatchObject({ name: 'ApiProblem', status: 401 });
      expect(seen).toHaveLength(typeof token === 'function' ? 2 : 1);
    }
  });
});

describe('the timeout of a request', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is longer by `waitSeconds` if the API may wait for the outcome', async () => {
    vi.useFakeTimers();
    const connection = connect(silent, { timeoutSeconds: 5 });
    let timeouts = 0;
    const count = (error: unknown) => {
      expect(error).toBeInstanceOf(Interrupted);
      timeouts += 1;
    };
    const both = [
      connection.exchange(GET).catch(count),
      connection.exchange({ ...GET, waitSeconds: 20 }).catch(count),
    ];
    await vi.advanceTimersByTimeAsync(5000);
    expect(timeouts).toBe(1);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(timeouts).toBe(2);
    await Promise.all(both);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('leaves no timer and no listener behind after a response', async () => {
    vi.useFakeTimers();
    const { signal } = new AbortController();
    await respondingWith({}).exchange({ ...GET, signal });
    await thrownBy(respondingWith(problem, { status: 409 }).exchange({ ...GET, signal }));
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

describe('an abort', () => {
  const reason = new Error('the user left');

  test('ends a request in flight with the reason of the signal', async () => {
    const ending = new AbortController();
    const exchange = connect(silent).exchange({ ...GET, signal: ending.signal });
    ending.abort(reason);
    expect(await thrownBy(exchange)).toBe(reason);
  });

  test('ends the wait for a token', async () => {
    const ending = new AbortController();
    const token = () => new Promise<string>(() => {});
    const exchange = connect(silent, { token }).exchange({ ...GET, signal: ending.signal });
    ending.abort(reason);
    expect(await thrownBy(exchange)).toBe(reason);
  });

  test('before the request prevents it from being sent', async () => {
    const sent = vi.fn();
    const exchange = connect(sent).exchange({ ...GET, signal: AbortSignal.abort(reason) });
    expect(await thrownBy(exchange)).toBe(reason);
    expect(sent).not.toHaveBeenCalled();
  });
});

describe('a stream', () => {
  const callbacks = { onOpen: () => {}, onData: () => {} };

  test('is cancelled when its reader stops', async () => {
    let isCancelled = false;
    const fetch: Fetch = async () =>
      new Response(
        new ReadableStream({
          start: (it) => it.enqueue(new TextEncoder().encode('data: 1\n\n')),
          cancel: () => {
            isCancelled = true;
          },
        }),
      );
    for await (const { data } of connect(fetch).events(GET, callbacks)) {
      expect(data).toBe('1');
      break;
    }
    expect(isCancelled).toBe(true);
  });

  test('without data for 40 s counts as broken', async () => {
    vi.useFakeTimers();
    const fetch: Fetch = async (_, { signal }) =>
      new Response(
        new ReadableStream({
          start: (it) => signal?.addEventListener('abort', () => it.error(signal.reason)),
        }),
      );
    const next = thrownBy(connect(fetch).events(GET, callbacks).next());
    await vi.advanceTimersByTimeAsync(40_000);
    expect(await next).toBeInstanceOf(Interrupted);
    vi.useRealTimers();
  });
});
