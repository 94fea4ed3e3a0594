/** Lets Node load scripts of k6: the modules of k6 that they import are those of this folder. */

import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';

const MODULES: Record<string, string> = {
  'k6/data': 'data.ts',
  'k6/execution': 'execution.ts',
  'k6/http': 'http.ts',
  'k6/metrics': 'metrics.ts',
};

/**
 * Loads a script as k6 does in its init context. There is one instance of each module for all virtual users, where k6 has one
 * for each, so a script must not keep state in variables of a module.
 * @param file the path of the script
 * @param environment what the script reads from `__ENV`
 * @returns what the script exports
 * @throws Error if it imports a module of k6 that is not implemented here
 */
export async function loadScript(
  file: string,
  environment: Record<string, string>,
): Promise<Record<string, unknown>> {
  Object.assign(globalThis, {
    __ENV: Object.freeze({ ...environment }),
    open: (path: string) => readFileSync(path, 'utf8'),
  });
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier !== 'k6' && !specifier.startsWith('k6/')) {
        return nextResolve(specifier, context);
      }
      const module = MODULES[specifier];
      if (!module) throw new Error(`${specifier} is not implemented in scripts/bench/k6/modules.`);
      const url = pathToFileURL(resolvePath(import.meta.dirname, module)).href;
      return nextResolve(url, context);
    },
  });
  try {
    return await import(pathToFileURL(file).href);
  } finally {
    hooks.deregister();
  }
}
