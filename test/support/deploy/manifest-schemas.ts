/**
 * Validates objects of Kubernetes and KEDA against the schemas of the packages kubernetes-models and @kubernetes-models/keda.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Manifest } from './manifests.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

const packageOf = (apiVersion: string) =>
  apiVersion.startsWith('keda.sh')
    ? `@kubernetes-models/keda/${apiVersion}`
    : `kubernetes-models/${apiVersion}`;

/** @returns the violations of the schema: wrong values, wrong types, missing fields */
export async function schemaErrors({ file: _, ...manifest }: Manifest): Promise<string[]> {
  const models = await import(packageOf(manifest.apiVersion));
  try {
    new models[manifest.kind](manifest).validate();
    return [];
  } catch (error) {
    return [String(error)];
  }
}

/**
 * Kubernetes drops a field that it does not know without a word, and so do the schemas. The types of the same
 * packages do not: each object is written down as a literal of its type, and the compiler looks at it.
 */
export function unknownFields(manifests: readonly Manifest[]): string[] {
  const folder = join(ROOT, 'out/manifests');
  mkdirSync(folder, { recursive: true });
  const lines = manifests.flatMap(({ file, ...manifest }, index) => [
    `import type { I${manifest.kind} as Kind${index} } from '${packageOf(manifest.apiVersion)}';`,
    `/* ${file} */ export const object${index}: Kind${index} = ${JSON.stringify(manifest)};`,
  ]);
  writeFileSync(join(folder, 'manifests.ts'), lines.join('\n'));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    module: 'preserve',
    moduleResolution: 'bundler',
    target: 'es2022',
  };
  const project = join(folder, 'tsconfig.json');
  writeFileSync(project, JSON.stringify({ compilerOptions, files: ['manifests.ts'] }));
  try {
    execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', project], { encoding: 'utf8' });
    return [];
  } catch (error) {
    const { stdout, message } = error as Error & { stdout?: string };
    return (stdout || message).trim().split('\n');
  }
}
