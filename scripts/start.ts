/**
 * Everything at once, for a first look and for development: services, migrations, a demo concert, one
 * API process and one worker process. Ctrl-C stops it all; a second start finds its data again.
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
import { unknownSettings } from './lib/unknown-settings.ts';
import { migrate } from './steps/migrate.ts';
import { seed } from './steps/seed.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: { data: { type: 'string', default: '.seatlane' } },
});
const folder = resolve(values.data);
const root = resolve(import.meta.dirname, '..');
/** A process that does not stop by itself is ended then, so that Ctrl-C takes 10 s at most. */
const STOP_MS_MAX = 4000;
/** The exit code where another run has the folder. */
const REFUSED = 3;

if (existsSync('.env')) process.loadEnvFile('.env');
for (const warning of unknownSettings('.env')) console.error(`Doubtful: ${warning}`);

/**
 * Left alone, V8 lets the heap grow to twice what is used. With less room for the young, a rush promotes what
 * lives for milliseconds, and a third of the API process's time goes into collecting it.
 */
const MEMORY = ['--max-semi-space-size=32', '--max-old-space-size=256'];

const running: ChildProcess[] = [];
let isUp = false;
let isStopping = false;

/** Another run has the folder: it goes on untouched. */
function endRefused(sentence: string): never {
  clearProgress();
  console.error(sentence);
  process.exit(REFUSED);
}

/** Starts a part of the system out of reach of the terminal's Ctrl-C: this process stops it in order. */
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
    // Who ends while it starts has said why.
    if (isUp) console.error(`${file} ended unexpectedly (code ${code}); stopping everything.`);
    if (logName) console.error(`What it said last is in ${join(folder, logName)}.`);
    void stop(1);
  });
  running.push(child);
  return child;
}

async function firstMessage<Message>(child: ChildProcess): Promise<Message> {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error('A part of the system did not start.');
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
  await Promise.all(processes.map(stopChild));
  if (services) await stopChild(services);
  task.done(
    isUp ? `Stopped. The data is in ${folder}; \`npm start\` goes on with it.` : 'Stopped.',
  );
  process.exit(code);
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  child.kill('SIGTERM');
  await once(child, 'exit');
  clearTimeout(timer);
}

/** A second Ctrl-C waits for nobody. The services notice that this process has gone, and end by themselves. */
process.on('SIGINT', () => {
  if (!isStopping) return stop(130);
  for (const child of running.slice(1)) child.kill('SIGKILL');
  process.exit(130);
});
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));

try {
  const isFirst = !existsSync(join(folder, 'postgres'));
  const servers = progress(
    `Starting PostgreSQL and Redis${isFirst ? ' (the first time takes longest)' : ''}`,
  );
  const services = start('scripts/services.ts', ['--data', folder], process.env);
  const settings = await firstMessage<Record<string, string>>(services);
  if (settings.refusal) endRefused(settings.refusal);
  servers.done('PostgreSQL and Redis run.');

  // What the user has set wins over what was made up.
  const environment = { ...settings, ...process.env };
  const { config } = readConfig(environment);
  const tables = progress('Bringing the database up to date');
  await migrate(config.databaseUrl);
  const seats = await seed(config.databaseUrl, new Date(), (made, all) => tables.update(made, all));
  tables.done(
    seats
      ? `Made a demo concert with two evenings and ${seats} seats in all.`
      : 'The database is up to date.',
  );

  const processes = progress('Starting the API and a worker');
  const worker = start('workers/main.ts', [], environment, 'worker.log');
  const api = start('src/main.ts', [], environment, 'api.log');
  const [{ port }] = await Promise.all([firstMessage<{ port: number }>(api), firstMessage(worker)]);
  processes.done('The API and a worker run.');
  if (config.port !== 0 && port !== config.port) {
    console.log(
      `Port ${config.port} is taken by another program: the API listens on ${port} instead. PORT chooses another one.`,
    );
  }
  isUp = true;
  // Where `npm run demo` finds the API, whose port has moved if 3000 was taken.
  await appendFile(join(folder, 'env'), `API_URL=http://localhost:${port}\n`);
  console.log(`
Seatlane is up.
  Buy seats    http://localhost:${port}/
  Board        http://localhost:${port}/admin          (login ${config.adminUser} / ${config.adminPassword})
  Bull Board   http://localhost:${port}/admin/queues   (the same login)
  API          http://localhost:${port}
  Docs         http://localhost:${port}/docs
  Logs         ${folder}/api.log, worker.log

Try next, in another terminal:
  npm run demo       one user's way from the queue to a paid seat
  npm run worker     a second worker process: the two share the lanes

Ctrl-C stops everything.`);
} catch (error) {
  if (!isStopping) {
    clearProgress();
    console.error(error instanceof Error ? error.message : error);
    await stop(1);
  }
}
