/** Reads Lua scripts for Redis. Each script lies next to the file that uses it and is documented in its header. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Reads a script. Call it at module load, so that a missing file fails at startup.
 * @param folder the caller's `import.meta.dirname`
 */
export function readLua(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}
