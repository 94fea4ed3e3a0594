/**
 * `npm run prepare`, which npm runs after `npm ci`, before packing, and when the repository is installed from git:
 * compiles src/client into packages/client/dist for use as a package, because Node does not strip types inside
 * node_modules. The repository itself does not need the result, so the script does nothing if the compiler is not
 * installed. It is plain JavaScript, because it may run on an older Node.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// `src/config/command-line.ts` cannot be imported: it needs a Node that strips types.
if (process.argv.includes('--help')) {
  console.log('npm run prepare: compiles the client package into dist/. It has no options.');
  process.exit(0);
}
if (process.argv.length > 2) {
  console.error('npm run prepare: compiles the client package into dist/. It has no options.');
  process.exit(2);
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
  const common = ['-p', 'src/client', '--noEmit', 'false', '--rootDir', 'src/client', '--outDir', target];
  // Editors show the comments of the declarations; in the code they would only make the package larger.
  for (const part of [['--removeComments'], ['--declaration', '--emitDeclarationOnly']]) {
    execFileSync(process.execPath, [tsc, ...common, ...part], { cwd: root, stdio: 'inherit' });
  }
  copyFileSync(join(root, 'LICENSE'), join(root, 'packages/client/LICENSE'));
}
