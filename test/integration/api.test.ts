/** How an API process stops: who waits is answered, and nobody's connection keeps it. */
import { Agent, request } from 'node:http';
import { expect, test } from 'vitest';
import { startSeatlane, type TestSeatlane } from '../support/services/seatlane.ts';
import { waitFor } from '../support/wait-for.ts';

/** Sends a command that waits, over a connection that the client keeps. */
function chargeAndWait(seatlane: TestSeatlane, token: string, agent: Agent): Promise<number> {
  const headers = {
    Authorization: `Bearer ${token}`,
    'Content-Type': 'application/json',
    Prefer: 'wait=30',
  };
  return new Promise((resolve, reject) => {
    const url = `${seatlane.client.base}/points/charge`;
    request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end('{"amount": 5}');
  });
}

async function aWaitingClient(agent: Agent) {
  const seatlane = await startSeatlane({ workers: 0 });
  const token = await seatlane.client.tokenFor('ada');
  const answered = chargeAndWait(seatlane, token, agent);
  await waitFor('the request waits', async () => {
    const { body } = await seatlane.client.request('GET', '/metrics');
    return /^seatlane_waiting_requests 1$/m.test(body);
  });
  return { seatlane, answered };
}

test('a waiting request gets its response when the process stops', async () => {
  const agent = new Agent({ keepAlive: false });
  const { seatlane, answered } = await aWaitingClient(agent);
  await seatlane.stop();
  expect(await answered).toBe(202);
  await expect(seatlane.client.request('GET', '/health/live')).rejects.toThrow();
});

test('an idle keep-alive connection does not delay the shutdown', async () => {
  const agent = new Agent({ keepAlive: true });
  const { seatlane, answered } = await aWaitingClient(agent);
  let isStopped = false;
  const stopping = seatlane.stop().then(() => {
    isStopped = true;
  });
  try {
    expect(await answered).toBe(202);
    await waitFor('the process has stopped', () => isStopped, 3000);
  } finally {
    agent.destroy();
    await stopping;
  }
});
