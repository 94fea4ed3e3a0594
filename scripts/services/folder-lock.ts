/** Keeps a folder to one run at a time. A lock whose process has gone, even by `kill -9`, holds nobody up. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTimeOf } from './process-identity.ts';

const WAIT_MS = 100;
/** A run that is stopping is waited for so long. */
const STOPPING_MS_MAX = 15_000;

interface Holder {
  pid: number;
  /** The process that a user would end: the one that started this one, where there is one. */
  starter: number;
  startTime: string | undefined;
  isStopping: boolean;
}

/** Another run has the folder. */
export class FolderInUse extends Error {
  /** The process that a user would end. */
  readonly pid: number;
  constructor(folder: string, pid: number) {
    super(`Seatlane already runs in ${folder} (process ${pid}).`);
    this.name = 'FolderInUse';
    this.pid = pid;
  }
}

export interface FolderLock {
  /** From now on another run waits for this one to end. */
  noteStopping(): void;
  release(): void;
}

/**
 * Takes the lock of a folder, which must exist.
 * @throws {FolderInUse} while another run has it
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const file = join(folder, 'lock');
  const me: Holder = {
    pid: process.pid,
    starter: process.send ? process.ppid : process.pid,
    startTime: startTimeOf(process.pid),
    isStopping: false,
  };
  for (let waitedMs = 0; !create(file, me); waitedMs += WAIT_MS) {
    const holder = read(file);
    if (!holder) continue;
    if (!isAlive(holder)) removeOf(file, holder);
    else if (!holder.isStopping || waitedMs >= STOPPING_MS_MAX) {
      throw new FolderInUse(folder, holder.starter);
    } else await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
  return {
    noteStopping: () => replace(file, { ...me, isStopping: true }),
    release: () => rmSync(file, { force: true }),
  };
}

/** A link appears with its whole content or not at all. @returns whether there was none yet */
function create(file: string, holder: Holder): boolean {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(holder));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function replace(file: string, holder: Holder): void {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(holder));
  renameSync(own, file);
}

function read(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // Nothing of ours writes such a file; its process is unknown, and so is gone.
    return { pid: 0, starter: 0, startTime: undefined, isStopping: false };
  }
}

function isAlive({ pid, startTime }: Holder): boolean {
  const found = startTimeOf(pid);
  return found !== undefined && found === startTime;
}

/** Another run may have replaced the lock since it was read: then it is put back. */
function removeOf(file: string, dead: Holder): void {
  const taken = `${file}.${process.pid}.old`;
  try {
    renameSync(file, taken);
    const found = read(taken);
    if (found && isAlive(found) && found.pid !== dead.pid) linkSync(taken, file);
  } catch {
    // Another run was faster.
  } finally {
    rmSync(taken, { force: true });
  }
}
