/**
 * What npm runs as `prepare` (`npm run prepare`): after `npm ci`, before it packs, and when somebody installs the repository from git.
 * Compiles src/client into packages/client, for those who install it: Node strips no types within node_modules. Nothing in
 * the repository itself needs it, so where the compiler was not installed there is nothing to do. No TypeScript,
 * for it may run on the Node that npm came with.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// `src/config/command-line.ts` needs a Node that strips types.
if (process.argv.includes('--help')) {
  console.log('npm run prepare: compiles the client package into dist/. It takes no options.');
  process.exit(0);
}

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

function compiler() {
  try {
    const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
    return join(dirname(manifest), 'bin/tsc');
  } catch {
    return undefined;
  }
}

const tsc = compiler();
if (tsc) {
  const target = join(root, 'packages/client/dist');
  rmSync(target, { recursive: true, force: true });
  const words = ['--noEmit', 'false', '--declaration', '--rootDir', 'src/client', '--outDir', target];
  execFileSync(process.execPath, [tsc, '-p', 'src/client', ...words], {
    cwd: root,
    stdio: 'inherit',
  });
  copyFileSync(join(root, 'LICENSE'), join(root, 'packages/client/LICENSE'));
}
