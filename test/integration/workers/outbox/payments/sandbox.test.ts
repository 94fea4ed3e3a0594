/** The sandbox by its adapter. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { CallRefused } from '../../../../../workers/outbox/payments/provider.ts';
import { sandboxProvider } from '../../../../../workers/outbox/payments/sandbox.ts';
import { SANDBOX_SECRET, startTestSandbox } from '../../../../support/sandbox/sandbox.ts';
import { testProvider } from '../provider-contract.ts';

testProvider('the sandbox', async () => {
  const { client, stop } = await startTestSandbox();
  const { url } = client;
  const setFaults = (faults: object) => client.post('/v1/faults', faults);
  return {
    provider: sandboxProvider({ url, secret: SANDBOX_SECRET }),
    stranger: sandboxProvider({ url, secret: 'another secret, also of more than 32 bytes' }),
    pay: (redirectUrl) => client.act(redirectUrl, 'pay'),
    goDown: () => setFaults({ downMs: 3_600_000 }),
    closeCards: () => setFaults({ refusedRefundShare: 1 }),
    recover: () => setFaults({}),
    stop,
  };
});

const { signal } = new AbortController();

/** Something else that answers under the address of the sandbox. */
async function withAnswer<Result>(
  [status, body]: readonly [number, string],
  use: (url: string) => Promise<Result>,
): Promise<Result> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'Content-Type': 'text/html', Location: '/elsewhere' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await use(`http://127.0.0.1:${port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test.each([
  ['a page of another server', 200, '<h1>It works!</h1>'],
  ['an answer without the expected fields', 200, '{}'],
  ['an address that the sandbox does not have', 404, '{"code": "NOT_FOUND", "message": "None."}'],
  ['a 404 of another server', 404, '<h1>Not found</h1>'],
  ['a redirect', 303, ''],
])('%s is no answer, and no refusal', async (_, status, body) => {
  await withAnswer([status, body], async (url) => {
    const error = await sandboxProvider({ url, secret: SANDBOX_SECRET })
      .find('chk_1', signal)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(CallRefused);
  });
});

test('a reference cannot lead to another address', async () => {
  const { client, stop } = await startTestSandbox();
  const provider = sandboxProvider({ url: client.url, secret: SANDBOX_SECRET });
  await expect(provider.find('../journal', signal)).rejects.toBeInstanceOf(CallRefused);
  await stop();
});
