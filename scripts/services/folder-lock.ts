/** Allows one run per folder at a time. A lock is void once its process has exited, even by `kill -9`. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeOf } from './process-identity.ts';

const WAIT_MS = 100;
/** How long to wait for a run that is stopping. */
const STOPPING_MS_MAX = 15_000;

interface Holder {
  pid: number;
  /** The process that a user would stop: the parent process, if it started this one. */
  starter: number;
  startTime: string | undefined;
  isStopping: boolean;
}

/** Another run holds the lock of the folder. */
export class FolderInUse extends Error {
  /** The process that a user would stop. */
  readonly pid: number;
  constructor(folder: string, pid: number) {
    super(`Seatlane is already running in ${folder} (process ${pid}).`);
    this.name = 'FolderInUse';
    this.pid = pid;
  }
}

export interface FolderLock {
  /** Marks this run as stopping, so that another run waits for it instead of failing. */
  noteStopping(): void;
  release(): void;
}

/**
 * Takes the lock of an existing folder.
 * @throws {FolderInUse} if another run holds it
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
    } else await sleep(WAIT_MS);
  }
  return {
    noteStopping: () => replace(file, { ...me, isStopping: true }),
    release: () => rmSync(file, { force: true }),
  };
}

/** Creates the lock atomically, with its content, through a hard link. @returns false if there is one already */
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
    // This program never writes such a file, so it does not belong to a live process.
    return { pid: 0, starter: 0, startTime: undefined, isStopping: false };
  }
}

function isAlive({ pid, startTime }: Holder): boolean {
  const found = startTimeOf(pid);
  return found !== undefined && found === startTime;
}

/** Removes the lock of a dead process. If another run has replaced the lock meanwhile, it is restored. */
function removeOf(file: string, dead: Holder): void {
  const taken = `${file}.${process.pid}.old`;
  try {
    renameSync(file, taken);
    const found = read(taken);
    if (found && isAlive(found) && found.pid !== dead.pid) linkSync(taken, file);
  } catch {
    // Another run has already removed it.
  } finally {
    rmSync(taken, { force: true });
  }
}
