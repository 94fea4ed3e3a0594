/**
 * The sandbox's journal: a file to which each change is appended as one line of JSON, and from which a restarted sandbox
 * rebuilds its state. Nothing else is stored.
 */
import { type FileHandle, open, readFile } from 'node:fs/promises';
import type { Fate } from './faults.ts';

/** An idempotency key, with the SHA-256 of the request that used it first. */
export interface IdempotencyMark {
  idempotencyKey: string;
  request: string;
}

/** What the API asked for when it opened a checkout. */
export interface CheckoutRequest {
  /** Names the checkout together with `checkoutId`; events repeat it. */
  key: string;
  checkoutId: number;
  /** In minor units of the currency. */
  amount: number;
  currency: string;
  returnUrl: string;
  /** ISO 8601. */
  expiresAt: string;
  /** What the buyer pays for, shown on the page. */
  what: string;
}

/** One line of the file; `at` is ISO 8601. */
export type JournalLine =
  | ({ kind: 'opened'; at: string; ref: string } & CheckoutRequest & IdempotencyMark)
  | { kind: 'challenged'; at: string; ref: string }
  | {
      kind: 'captured' | 'failed' | 'expired';
      at: string;
      ref: string;
      eventId: string;
      fate: Fate;
    }
  | ({
      kind: 'refunded';
      at: string;
      ref: string;
      refundRef: string;
      refundId: number;
      amount: number;
    } & IdempotencyMark)
  | ({ kind: 'refusedRefund'; at: string; code: string } & IdempotencyMark)
  | { kind: 'delivered'; at: string; eventId: string; sending: number };

/** The file holds something else than a journal. */
export class JournalDamaged extends Error {
  constructor(file: string, line: number) {
    super(
      `Line ${line} of ${file} is not a line of the sandbox's journal. Move the file away to start with an empty journal.`,
    );
    this.name = 'JournalDamaged';
  }
}

export class Journal {
  readonly #file: FileHandle;
  #batch: string[] | undefined;
  #flushing: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * Opens the journal, and creates it if there is none. A last line without its end is removed: the sandbox was killed
   * while it wrote it, so no client has been told of it.
   * @returns the journal, and the lines that it has
   * @throws {JournalDamaged}
   */
  static async open(path: string): Promise<{ journal: Journal; lines: JournalLine[] }> {
    // Only the owner may read it, because anyone who knows a `ref` can pay or decline.
    const file = await open(path, 'a', 0o600);
    try {
      const text = await readFile(path);
      const end = text.lastIndexOf('\n') + 1;
      if (end < text.length) await file.truncate(end);
      const lines = text.toString('utf8', 0, end).split('\n').slice(0, -1);
      return {
        journal: new Journal(file),
        lines: lines.map((line, index) => parse(line) ?? fail(path, index + 1)),
      };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Appends a line. It is not on disk until `flushed` resolves. */
  append(line: JournalLine): void {
    if (!this.#batch) {
      this.#batch = [];
      this.#flushing = this.#flushing.then(() => this.#write());
      // Callers of `flushed` get the error.
      this.#flushing.catch(() => undefined);
    }
    this.#batch.push(`${JSON.stringify(line)}\n`);
  }

  /** Resolves when every line appended so far is on disk. @throws the error of the disk, from then on always */
  flushed(): Promise<void> {
    return this.#flushing;
  }

  async close(): Promise<void> {
    await this.#flushing.catch(() => undefined);
    await this.#file.close();
  }

  /** Lines that arrive during a write share the next one. */
  async #write(): Promise<void> {
    const lines = this.#batch ?? [];
    this.#batch = undefined;
    await this.#file.appendFile(lines.join(''));
    await this.#file.datasync();
  }
}

function parse(line: string): JournalLine | undefined {
  try {
    const parsed = JSON.parse(line);
    return typeof parsed?.kind === 'string' && typeof parsed.at === 'string' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function fail(path: string, line: number): never {
  throw new JournalDamaged(path, line);
}
