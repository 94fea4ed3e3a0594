/** Reads the Lua scripts that Redis runs for us; each lies beside the file that uses it, and its header says what it does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Reads a script; to be called while modules are loaded, so that a missing file stops the start.
 * @param folder the caller's `import.meta.dirname`
 */
export function readLua(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}
