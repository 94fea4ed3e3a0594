/** The sandbox as a process: started as an operator starts it, killed, and started again. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMPILE_CACHE } from '../../../scripts/lib/compile-cache.ts';
import { freePort } from '../../../scripts/services/free-port.ts';
import { receiveEvents } from '../../support/sandbox/receiver.ts';
import {
  AMOUNT,
  checkoutOf,
  SANDBOX_SECRET,
  SandboxClient,
} from '../../support/sandbox/sandbox.ts';
import { waitFor } from '../../support/wait-for.ts';

const SCRIPT = resolve(import.meta.dirname, '../../../scripts/sandbox.ts');
let folder: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seatlane-sandbox-process-'));
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Started {
  child: ChildProcess;
  said(): string;
}

function spawn(data: string, settings: Record<string, string> = {}): Started {
  const child = fork(SCRIPT, ['--data', join(folder, data)], {
    env: {
      PATH: process.env.PATH,
      ...COMPILE_CACHE,
      SANDBOX_SECRET,
      SANDBOX_PORT: '0',
      ...settings,
    },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      said += text;
    });
  }
  return { child, said: () => said };
}

async function start(data: string, settings?: Record<string, string>) {
  const started = spawn(data, settings);
  const [message] = await Promise.race([
    once(started.child, 'message'),
    once(started.child, 'close').then(() => {
      throw new Error(`The sandbox did not start:\n${started.said()}`);
    }),
  ]);
  const { url } = message as { url: string };
  return { ...started, url, client: new SandboxClient(url) };
}

async function kill({ child }: Started): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Starts it with settings with which it ends by itself. */
async function refusal(data: string, settings: Record<string, string> = {}): Promise<string> {
  const { child, said } = spawn(data, settings);
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  return said();
}

test('a sandbox that is killed between the capture and its event sends it after the next start', async () => {
  const port = await freePort();
  const EVENTS_URL = `http://127.0.0.1:${port}/payments/sandbox/events`;
  const first = await start('killed', { EVENTS_URL });
  const body = checkoutOf();
  const { ref, redirectUrl } = await first.client.open(body, 'open');
  // Nothing listens there yet, so the event cannot be delivered.
  await first.client.act(redirectUrl, 'pay');
  await kill(first);

  const receiver = await receiveEvents(SANDBOX_SECRET, port);
  const second = await start('killed', { EVENTS_URL });
  await waitFor('the event', () => receiver.tries.length > 0);
  expect(receiver.tries[0]).toMatchObject({ type: 'checkout.paid', ref, key: body.key });
  expect(receiver.unsigned).toBe(0);
  expect((await second.client.open(body, 'open')).ref).toBe(ref);
  await kill(second);
  receiver.stop();
});

test('a killed sandbox has forgotten nothing that it answered', async () => {
  const first = await start('forgets-nothing');
  const answered: string[] = [];
  // Kills it in the middle of many payments and refunds.
  const buy = async (checkoutId: number) => {
    const ref = await first.client.openPaid({ checkoutId });
    answered.push(`${checkoutId} captured`);
    const refund = { ref, amount: 1, refundId: checkoutId };
    const { status } = await first.client.post('/v1/refunds', refund, `refund-${checkoutId}`);
    if (status === 200) answered.push(`${checkoutId} refunded`);
  };
  const all = Array.from({ length: 60 }, (_, index) => buy(index + 1));
  const settled = Promise.allSettled(all);
  await waitFor('some answers', () => answered.length > 20);
  await kill(first);
  await settled;

  const second = await start('forgets-nothing');
  const entries = await second.client.journal();
  const found = entries.map(({ checkoutId, kind }) => `${checkoutId} ${kind}`);
  expect(found).toEqual(expect.arrayContaining(answered));
  expect(new Set(found).size).toBe(found.length);
  const [captured] = entries.filter(({ kind }) => kind === 'captured');
  expect(await second.client.find(captured.ref)).toMatchObject({ state: 'paid', captured: AMOUNT });
  await kill(second);
});

test('it says where it listens and where its events go, and ends with SIGTERM', async () => {
  const EVENTS_URL = 'http://127.0.0.1:9/events';
  const { child, said, url } = await start('says', { EVENTS_URL });
  expect(said()).toContain(`The sandbox listens on ${url}. It sends events to ${EVENTS_URL}.`);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('a second sandbox in the same folder is refused', async () => {
  const first = await start('shared');
  const said = await refusal('shared');
  expect(said).toContain('A sandbox is already running in');
  // It names the process that started the other sandbox, as that is the one to stop.
  expect(said).toContain(`(process ${process.pid})`);
  await kill(first);
});

test('a port in use is reported with the setting that changes it', async () => {
  const { client, child } = await start('port');
  const { port } = new URL(client.url);
  const said = await refusal('other-port', { SANDBOX_PORT: port });
  expect(said.trim()).toBe(
    `Port ${port} is in use by another program. Set SANDBOX_PORT to choose another port, or stop that program. With another port, set SANDBOX_URL to its address: buyers and the API find the sandbox there.`,
  );
  child.kill('SIGKILL');
});

test('settings that make no sense stop the start with a sentence', async () => {
  const said = await refusal('settings', {
    SANDBOX_SECRET: '',
    SANDBOX_FAULTS: '{"lostShare": 2}',
  });
  expect(said).toContain('SANDBOX_SECRET: is missing');
  expect(said).toContain('SANDBOX_FAULTS.lostShare:');
  expect(said).not.toContain('    at ');
});

test('a file that is no journal stops the start with a sentence', async () => {
  const first = await start('damaged');
  await kill(first);
  const file = join(folder, 'damaged/sandbox/journal.jsonl');
  await writeFile(file, 'not a journal\n');
  expect(await refusal('damaged')).toContain(`Line 1 of ${file} is not a line`);
});
