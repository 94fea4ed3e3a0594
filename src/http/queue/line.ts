/**
 * The lines of the queues in memory: for each number, whether it is out of the line. The numbers of a queue have no gaps, so the
 * position of a user is exactly the count of lower numbers that are still in the line, plus one.
 */
import { BLOCK_SIZE, type KnownLine, type LineBlock } from '../../db/reads/queue/line.ts';

const WORD_SIZE = 32;

/** The bits of a block, 32 a word; the first bit is the highest of the first word. */
type Bits = Uint32Array;

export class QueueLine {
  readonly #rows = { users: new Map<number, Bits>(), system: new Map<number, Bits>() };
  /** Both kinds of rows together. */
  readonly #gone = new Map<number, Bits>();
  /** How many numbers of all earlier blocks are out of the line, by block. */
  #goneBefore = [0];
  /** The highest version of each kind of row. */
  readonly versions = { users: -1, system: -1 };

  /** Applies rows that have changed, each as it is now. */
  apply(rows: readonly LineBlock[]): void {
    for (const { source, block, gone, version } of rows) {
      this.#rows[source].set(block, bitsOf(gone));
      this.versions[source] = Math.max(this.versions[source], version);
      this.#gone.set(block, this.#merged(block));
    }
    if (rows.length > 0) this.#goneBefore = countBefore(this.#gone);
  }

  /** Whether the number was taken out of the line: its entry was admitted, skipped or ended, or has another number. */
  isGone(number: number): boolean {
    const { block, bit } = placeOf(number);
    const word = this.#gone.get(block)?.[Math.floor(bit / WORD_SIZE)] ?? 0;
    return ((word >>> (WORD_SIZE - 1 - (bit % WORD_SIZE))) & 1) === 1;
  }

  /** How many lower numbers are in the line. */
  inLineBefore(number: number): number {
    const { block, bit } = placeOf(number);
    const earlier = this.#goneBefore[block] ?? this.#goneBefore.at(-1) ?? 0;
    return number - 1 - earlier - countUpTo(this.#gone.get(block), bit);
  }

  #merged(block: number): Bits {
    const users = this.#rows.users.get(block);
    const system = this.#rows.system.get(block);
    return users && system
      ? users.map((word, index) => word | (system[index] ?? 0))
      : (users ?? system ?? new Uint32Array(BLOCK_SIZE / WORD_SIZE));
  }
}

/** The lines of all queues. */
export class QueueLines {
  readonly #lines = new Map<number, QueueLine>();

  of(queueId: number): QueueLine {
    const line = this.#lines.get(queueId) ?? new QueueLine();
    this.#lines.set(queueId, line);
    return line;
  }

  /** What is known of the lines of these queues, to read what has changed since. */
  known(queueIds: readonly number[]): KnownLine[] {
    return queueIds.map((queueId) => ({ queueId, ...this.of(queueId).versions }));
  }

  apply(rows: readonly LineBlock[]): void {
    for (const [queueId, ofQueue] of Map.groupBy(rows, (row) => row.queueId)) {
      this.of(queueId).apply(ofQueue);
    }
  }
}

/** The block of a number, and its place in the block from 0. */
function placeOf(number: number): { block: number; bit: number } {
  return { block: Math.floor((number - 1) / BLOCK_SIZE), bit: (number - 1) % BLOCK_SIZE };
}

function bitsOf(text: string): Bits {
  return Uint32Array.from({ length: BLOCK_SIZE / WORD_SIZE }, (_, index) =>
    Number.parseInt(text.slice(index * WORD_SIZE, (index + 1) * WORD_SIZE), 2),
  );
}

/** For each block up to one after the last, the bits of all earlier blocks. */
function countBefore(gone: ReadonlyMap<number, Bits>): number[] {
  const counts = [0];
  let last = -1;
  for (const block of gone.keys()) last = Math.max(last, block);
  for (let block = 0, count = 0; block <= last; block += 1) {
    count += countUpTo(gone.get(block), BLOCK_SIZE);
    counts.push(count);
  }
  return counts;
}

/** How many of the first `end` bits are set. */
function countUpTo(bits: Bits | undefined, end: number): number {
  if (!bits) return 0;
  const whole = Math.floor(end / WORD_SIZE);
  let count = 0;
  for (let index = 0; index < whole; index += 1) count += ones(bits[index] ?? 0);
  const rest = end % WORD_SIZE;
  return rest === 0 ? count : count + ones((bits[whole] ?? 0) >>> (WORD_SIZE - rest));
}

/** How many bits of a word are set (Warren, Hacker's Delight, 5-1). */
function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
