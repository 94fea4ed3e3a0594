/** Assembles the sandbox: journal, state, events, server. `npm run sandbox` and tests run it. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { closeServer, listenOn } from '../../src/runtime/server.ts';
import type { ClosingSteps } from '../../src/runtime/shutdown.ts';
import { lockFolder } from '../services/folder-lock.ts';
import { Books } from './books.ts';
import { EventSender } from './events.ts';
import { ActiveFaults } from './faults.ts';
import { Journal, JournalDamaged, type JournalLine } from './journal.ts';
import { SandboxProvider } from './provider.ts';
import { createSandboxApp } from './server.ts';
import type { SandboxSettings } from './settings.ts';

export interface RunningSandbox {
  /** The address for browsers and the API, without a trailing slash. */
  url: string;
  port: number;
  closing: ClosingSteps;
}

export interface SandboxOptions extends SandboxSettings {
  /** Has the journal. One sandbox uses it at a time. */
  folder: string;
  report(sentence: string, error?: unknown): void;
  /** The delay of the first retry of an event, in ms. */
  firstRetryMs?: number;
  /** How long a reordered event waits for one that overtakes it, in ms. */
  overtakeMsMax?: number | undefined;
}

/**
 * Starts the sandbox, and sends the events that are pending in its journal.
 * @throws {FolderInUse} if another sandbox uses the folder
 * @throws {JournalDamaged} if the file is not a journal
 * @throws {PortUnusable} if the port is in use
 */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const { folder, secret, eventsUrl, publicUrl, report } = options;
  const now = () => Date.now();
  await mkdir(folder, { recursive: true });
  const lock = await lockFolder(folder);
  let journal: Journal | undefined;
  try {
    const file = join(folder, 'journal.jsonl');
    const opened = await Journal.open(file);
    journal = opened.journal;
    const kept = opened.journal;
    const books = booksOf(opened.lines, file);
    const faults = new ActiveFaults(options.faults, now);
    const flushed = () => kept.flushed();
    const events = new EventSender({
      url: eventsUrl,
      secret,
      now,
      flushed,
      noteDelivered(eventId, sending) {
        const at = new Date(now()).toISOString();
        const line = { kind: 'delivered', at, eventId, sending } as const;
        books.apply(line);
        kept.append(line);
      },
      downMs: () => faults.downMs,
      report,
      firstRetryMs: options.firstRetryMs,
      overtakeMsMax: options.overtakeMsMax,
    });
    const provider = new SandboxProvider({ books, journal: kept, events, faults, now });
    let url = publicUrl ?? '';
    const app = createSandboxApp({
      provider,
      faults,
      secret,
      entries: books.entries,
      flushed,
      publicUrl: () => url,
      report,
    });
    const { server, port } = await listenOn(options.port, app.fetch, { setting: 'SANDBOX_PORT' });
    url ||= `http://localhost:${port}`;
    for (const event of books.events.values()) events.plan(event);
    const closing = {
      'events in flight': () => events.stop(),
      'requests in flight': () => closeServer(server),
      'the journal': () => kept.close(),
      'the lock of the folder': () => lock.release(),
    };
    return { url, port, closing };
  } catch (error) {
    await journal?.close();
    lock.release();
    throw error;
  }
}

/** @throws {JournalDamaged} if a line does not fit those before it */
function booksOf(lines: readonly JournalLine[], file: string): Books {
  const books = new Books();
  for (const [index, line] of lines.entries()) {
    try {
      books.apply(line);
    } catch {
      throw new JournalDamaged(file, index + 1);
    }
  }
  return books;
}
