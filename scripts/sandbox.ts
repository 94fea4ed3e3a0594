/**
 * The sandbox payment provider: a payment page, events and refunds without money, for development and tests
 * (docs/payments.md).
 *
 *   npm run sandbox -- [--data FOLDER]      journal in FOLDER/sandbox, default .seatlane
 *
 * It listens on SANDBOX_PORT (default 3100), and sends its events to EVENTS_URL. SANDBOX_FAULTS makes events go astray.
 */

import { join, resolve } from 'node:path';
import { readCommandLine } from '../src/config/command-line.ts';
import { ConfigError } from '../src/config/config.ts';
import { PortUnusable } from '../src/runtime/server.ts';
import { shutDownOnSignals } from '../src/runtime/shutdown.ts';
import { JournalDamaged } from './sandbox/journal.ts';
import { readSandboxSettings } from './sandbox/settings.ts';
import { startSandbox } from './sandbox/start.ts';
import { FolderInUse } from './services/folder-lock.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: { data: { type: 'string', default: '.seatlane' } },
});
const folder = join(resolve(values.data), 'sandbox');
const STOP_MS_MAX = 4000;

try {
  const settings = readSandboxSettings(process.env);
  const report = (sentence: string, error?: unknown) => console.error(sentence, error ?? '');
  const { url, port, closing } = await startSandbox({ ...settings, folder, report });
  shutDownOnSignals({ steps: closing, limitMs: STOP_MS_MAX });
  console.log(`The sandbox listens on ${url}. It sends events to ${settings.eventsUrl}.`);
  process.send?.({ port, url });
} catch (error) {
  console.error(sentenceFor(error) ?? error);
  process.exit(1);
}

/** A sentence for errors that the user can fix; undefined for bugs. */
function sentenceFor(error: unknown): string | undefined {
  if (error instanceof ConfigError || error instanceof JournalDamaged) return error.message;
  if (error instanceof FolderInUse) {
    return `A sandbox is already running in ${folder} (process ${error.pid}). Stop it first, or use another folder: --data OTHER_FOLDER.`;
  }
  if (error instanceof PortUnusable) {
    return `${error.message} With another port, set SANDBOX_URL to its address: buyers and the API find the sandbox there.`;
  }
  return undefined;
}
