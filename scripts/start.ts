/**
 * Runs the whole system for a first look and for development: services, migrations, a demo concert, one API process and
 * one worker process. Ctrl-C stops everything; the next start continues with the same data.
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
import { COMPILE_CACHE } from './lib/compile-cache.ts';
import { clearProgress, progress } from './lib/progress.ts';
import { stopProcess } from './lib/stop-process.ts';
import { unknownSettings } from './lib/unknown-settings.ts';
import { migrate } from './steps/migrate.ts';
import { seed } from './steps/seed.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: { data: { type: 'string', default: '.seatlane' } },
});
const folder = resolve(values.data);
const root = resolve(import.meta.dirname, '..');
/** A process that has not exited by then is killed, so that Ctrl-C takes at most 10 s. */
const STOP_MS_MAX = 4000;
/** The exit code if another run uses the folder. */
const REFUSED = 3;

if (existsSync('.env')) process.loadEnvFile('.env');
for (const warning of unknownSettings('.env')) console.error(`Warning: ${warning}`);

/**
 * By default V8 lets the heap grow to twice its live size, so it is limited. The young generation is enlarged:
 * otherwise a rush promotes objects that live only for milliseconds, and the API process spends a third of its time on
 * garbage collection.
 */
const MEMORY = ['--max-semi-space-size=32', '--max-old-space-size=256'];

const running: ChildProcess[] = [];
let isUp = false;
let isStopping = false;

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
    execArgv: MEMORY,
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
    if (isStopping) return;
    clearProgress();
    // A process that exits during its start has already printed the reason.
    if (isUp) console.error(`${file} exited unexpectedly (code ${code}); stopping everything.`);
    if (logName) console.error(`Its last output is in ${join(folder, logName)}.`);
    void stop(1);
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

async function stop(code: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  clearProgress();
  console.log();
  const task = progress('Stopping');
  const [services, ...processes] = running;
  await Promise.all(processes.map((child) => stopProcess(child, STOP_MS_MAX)));
  if (services) await stopProcess(services, STOP_MS_MAX);
  task.done(
    isUp ? `Stopped. The data is in ${folder}; \`npm start\` continues with it.` : 'Stopped.',
  );
  process.exit(code);
}

/** A second Ctrl-C does not wait. The services notice that this process has exited, and stop by themselves. */
process.on('SIGINT', () => {
  if (!isStopping) return stop(130);
  for (const child of running.slice(1)) child.kill('SIGKILL');
  process.exit(130);
});
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));

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
  const environment = { ...settings, ...process.env };
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
  if (config.port !== 0 && port !== config.port) {
    console.log(
      `Port ${config.port} is in use by another program, so the API listens on ${port}. Set PORT to choose another port.`,
    );
  }
  isUp = true;
  // `npm run demo` reads the URL of the API here, because the port differs if 3000 was in use.
  await appendFile(join(folder, 'env'), `API_URL=http://localhost:${port}\n`);
  console.log(`
Seatlane is running.
  Buy seats    http://localhost:${port}/
  Board        http://localhost:${port}/admin          (login ${config.adminUser} / ${config.adminPassword})
  Bull Board   http://localhost:${port}/admin/queues   (the same login)
  API          http://localhost:${port}
  Docs         http://localhost:${port}/docs
  Logs         ${folder}/api.log, worker.log

Next, in another terminal:
  npm run demo       buys a seat, from the queue to the payment
  npm run worker     starts a second worker process, which shares the lanes

Press Ctrl-C to stop everything.`);
} catch (error) {
  if (!isStopping) {
    clearProgress();
    console.error(error instanceof Error ? error.message : error);
    await stop(1);
  }
}
