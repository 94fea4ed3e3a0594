/** The file of a migrated database, from which each simulation starts. It is made again when a migration was added. */
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');

/** The file of the present migrations, which need not be there. */
export function snapshotPath(): string {
  const digest = createHash('sha256');
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  digest.update(devDependencies['@electric-sql/pglite']);
  for (const file of globSync('src/db/migrations/*.ts', { cwd: ROOT }).toSorted()) {
    digest.update(file).update(readFileSync(join(ROOT, file)));
  }
  return join(ROOT, 'out/sim', `migrated-${digest.digest('hex').slice(0, 16)}.tar`);
}
