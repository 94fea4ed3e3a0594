/** The objects of `deploy/kubernetes`, file by file. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';

export interface Manifest {
  file: string;
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  /** The schema of the kind defines the other fields. */
  [field: string]: any;
}

export const FOLDER = resolve(import.meta.dirname, '../../../deploy/kubernetes');
export const fileNames = globSync('*.yaml', { cwd: FOLDER }).toSorted();

export const textOf = (file: string) => readFileSync(join(FOLDER, file), 'utf8');

/** The first object of a file. */
export function readManifest(file: string): Manifest {
  return readAll(file)[0] as Manifest;
}

function readAll(file: string): Manifest[] {
  return parseAllDocuments(textOf(file)).map((document) => {
    if (!('contents' in document)) throw new Error(`${file} is empty.`);
    for (const error of document.errors) throw error;
    return { file, ...document.toJS() };
  });
}

/** All objects that are applied, and the example of a secret. The kustomization itself is not an object. */
export const manifests: Manifest[] = fileNames
  .filter((file) => file !== 'kustomization.yaml')
  .flatMap(readAll);

export const ofKind = (kind: string) => manifests.filter((each) => each.kind === kind);
