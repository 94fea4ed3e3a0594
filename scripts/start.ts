/**
 * Runs the whole system for a first look and for development: services, migrations, a demo concert, one API process, one
 * worker process, and the payment sandbox. Ctrl-C stops everything; the next start continues with the same data.
 *
 *   npm start -- [--data FOLDER]      data, logs and settings in FOLDER, default .seatlane
 */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readCommandLine } from '../src/config/command-line.ts';
import { readConfig } from '../src/config/config.ts';
import { firstFreePort } from '../src/runtime/server.ts';
import { shutDownOnSignals } from '../src/runtime/shutdown.ts';
import { COMPILE_CACHE } from './lib/compile-cache.ts';
import { HEAP_FLAGS } from './lib/heap-flags.ts';
import { clearProgress, progress } from './lib/progress.ts';
import { stopProcess } from './lib/stop-process.ts';
import { unknownSettings } from './lib/unknown-settings.ts';
import { PORT_DEFAULT as SANDBOX_PORT_DEFAULT } from './sandbox/settings.ts';
import { migrate } from './steps/migrate.ts';
import { seed } from './steps/seed.ts';

const DEFAULT_FOLDER = '.seatlane';
const { values } = readCommandLine(import.meta.filename, {
  options: { data: { type: 'string', default: DEFAULT_FOLDER } },
});
const folder = resolve(values.data);
const root = resolve(import.meta.dirname, '..');
/** A process that has not exited by then is killed, so that Ctrl-C takes at most 10 s. */
const STOP_MS_MAX = 4000;
/** How long the exit of a killed process may take. */
const KILL_MS_MAX = 2000;
/** The exit code if another run uses the folder. */
const REFUSED = 3;

if (existsSync('.env')) process.loadEnvFile('.env');
for (const warning of unknownSettings('.env')) console.error(`Warning: ${warning}`);

const running: ChildProcess[] = [];
let isUp = false;

/** Ends this run because another run, which continues undisturbed, uses the folder. */
function endRefused(message: string): never {
  clearProgress();
  console.error(message);
  process.exit(REFUSED);
}

/** Starts a process that the terminal's Ctrl-C does not reach; this process stops it in the right order. */
function start(file: string, words: string[], environment: NodeJS.ProcessEnv, logName?: string) {
  const child = fork(join(root, file), words, {
    cwd: root,
    env: { ...COMPILE_CACHE, ...environment },
    detached: true,
    execArgv: HEAP_FLAGS,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  if (logName) {
    const log = createWriteStream(join(folder, logName), { flags: 'a' });
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
  }
  child.stdout?.resume();
  child.stderr?.on('data', (text: Buffer) => process.stderr.write(text));
  child.once('exit', (code) => {
    if (shutdown.hasBegun) return;
    clearProgress();
    // A process that exits during its start has already printed the reason.
    if (isUp) console.error(`${file} exited unexpectedly (code ${code}); stopping everything.`);
    if (logName) console.error(`Its last output is in ${join(folder, logName)}.`);
    void shutdown.begin(1);
  });
  running.push(child);
  return child;
}

async function firstMessage<Message>(child: ChildProcess): Promise<Message> {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error('A process of the system did not start.');
    }),
  ]);
  return message as Message;
}

/**
 * Where the sandbox listens: where the user's address or port says, which may be in use, else on the next free port. Without a
 * sandbox, nothing.
 */
async function sandboxAddress({ SANDBOX_URL }: Record<string, string>) {
  const { SANDBOX_URL: own, SANDBOX_PORT: port } = process.env;
  if (own === '' || !SANDBOX_URL) return {};
  const isChosen = port !== undefined && port !== '0';
  if (own !== undefined) {
    const { hostname, port: named } = URL.canParse(own) ? new URL(own) : {};
    return isChosen || hostname !== 'localhost' ? {} : { SANDBOX_PORT: named || '80' };
  }
  if (isChosen) return {};
  const free = await firstFreePort(SANDBOX_PORT_DEFAULT);
  return { SANDBOX_PORT: String(free), SANDBOX_URL: `http://localhost:${free}` };
}

/**
 * Starts the payment sandbox, unless the settings turn it off. It comes last: it sends its events to the API, whose port is known
 * only now. Until then, calls to it are retried.
 * @returns its address
 */
async function startSandbox(environment: NodeJS.ProcessEnv, apiPort: number) {
  const toApi = { ...environment, API_URL: `http://localhost:${apiPort}` };
  const sandbox = start('scripts/sandbox.ts', ['--data', folder], toApi, 'sandbox.log');
  return (await firstMessage<{ url: string }>(sandbox)).url;
}

let stopTask: ReturnType<typeof progress> | undefined;
const shutdown = shutDownOnSignals({
  steps: {
    'the API and the worker': () =>
      Promise.all(running.slice(1).map((child) => stopProcess(child, STOP_MS_MAX))),
    'the services': () => running[0] && stopProcess(running[0], STOP_MS_MAX),
  },
  limitMs: 2 * STOP_MS_MAX + KILL_MS_MAX,
  causes: { SIGINT: 130, SIGTERM: 0, SIGHUP: 0 },
  onBegin() {
    clearProgress();
    console.log();
    stopTask = progress('Stopping');
  },
  onClosed() {
    stopTask?.done(
      isUp ? `Stopped. The data is in ${folder}; \`npm start\` continues with it.` : 'Stopped.',
    );
  },
  /** A second Ctrl-C does not wait. The services notice that this process has exited, and stop by themselves. */
  onRepeat(cause) {
    if (cause !== 'SIGINT') return;
    for (const child of running.slice(1)) child.kill('SIGKILL');
    process.exit(130);
  },
  report(sentence) {
    clearProgress();
    console.error(sentence);
  },
});

try {
  const isFirst = !existsSync(join(folder, 'postgres'));
  const servers = progress(
    `Starting PostgreSQL and Redis${isFirst ? ' (the first start takes longest)' : ''}`,
  );
  const services = start('scripts/services.ts', ['--data', folder], process.env);
  const settings = await firstMessage<Record<string, string>>(services);
  if (settings.refusal) endRefused(settings.refusal);
  servers.done('PostgreSQL and Redis are running.');

  // The user's settings take precedence over generated ones.
  const environment = { ...settings, ...process.env, ...(await sandboxAddress(settings)) };
  const { config } = readConfig(environment);
  const tables = progress('Migrating the database');
  await migrate(config.databaseUrl);
  const seats = await seed(config.databaseUrl, new Date(), (made, all) => tables.update(made, all));
  tables.done(
    seats
      ? `Created a demo concert with two performances and ${seats} seats in total.`
      : 'The database is up to date.',
  );

  const processes = progress('Starting the API and a worker');
  const worker = start('workers/main.ts', [], environment, 'worker.log');
  const api = start('src/main.ts', [], environment, 'api.log');
  const [{ port }] = await Promise.all([firstMessage<{ port: number }>(api), firstMessage(worker)]);
  processes.done('The API and a worker are running.');
  const sandboxUrl = config.payments.sandbox && (await startSandbox(environment, port));
  if (config.port !== 0 && port !== config.port) {
    console.log(
      `Port ${config.port} is in use by another program, so the API listens on ${port}. Set PORT to choose another port.`,
    );
  }
  isUp = true;
  // `npm run demo` reads the URL of the API here, because the port differs if 3000 was in use.
  const addresses = [
    `API_URL=http://localhost:${port}\n`,
    ...(sandboxUrl ? [`SANDBOX_URL=${sandboxUrl}\n`] : []),
  ];
  await appendFile(join(folder, 'env'), addresses.join(''));
  // The other scripts find the services by the folder.
  const prefix = values.data === DEFAULT_FOLDER ? '' : `SEATLANE_DATA='${folder}' `;
  console.log(`
Seatlane is running.
  Buy seats    http://localhost:${port}/
  Board        http://localhost:${port}/admin          (login ${config.adminUser} / ${config.adminPassword})
  Bull Board   http://localhost:${port}/admin/queues   (the same login)
  API          http://localhost:${port}
  Docs         http://localhost:${port}/docs${
    sandboxUrl
      ? `\n  Cards        ${sandboxUrl}          (a payment sandbox: no card is charged)`
      : ''
  }
  Logs         ${folder}/api.log, worker.log${sandboxUrl ? ', sandbox.log' : ''}

Next, in another terminal:
  ${prefix}npm run demo       buys a seat, from the queue to the payment
  ${prefix}npm run worker     starts a second worker process, which shares the lanes

Press Ctrl-C to stop everything.`);
} catch (error) {
  if (!shutdown.hasBegun) {
    clearProgress();
    console.error(error instanceof Error ? error.message : error);
    await shutdown.begin(1);
  }
}
