/** Plants a mutant: vite hands its file to the tests with the fault in it. Nothing on disk is changed. */
import type { Plugin } from 'vitest/config';
import { mutants } from './index.ts';
import type { Mutant } from './mutant.ts';

/** Reads Lua scripts, which vite never sees: a fault of one is planted in what this returns. */
const LUA_READER = 'src/lanes/read-lua.ts';
const READS = "return readFileSync(join(folder, name), 'utf8');";

/** @param name of the mutant; without one nothing is planted */
export function plantMutant(name: string | undefined): Plugin[] {
  if (name === undefined) return [];
  const mutant = mutants.find((each) => each.name === name);
  if (!mutant) throw new Error(`There is no mutant "${name}".`);
  const { file, find, replace } = mutant.file.endsWith('.lua') ? inLuaReader(mutant) : mutant;
  return [
    {
      name: 'plant-mutant',
      enforce: 'pre',
      transform(code, id) {
        if (!id.split('?')[0]?.endsWith(`/${file}`)) return undefined;
        if (!code.includes(find)) throw new Error(`${file} does not have the text of "${name}".`);
        return code.replace(find, () => replace);
      },
    },
  ];
}

/** @returns the fault of a script as one of the function that reads it */
function inLuaReader({ file, find, replace }: Mutant): Pick<Mutant, 'file' | 'find' | 'replace'> {
  const planted = `const text = readFileSync(join(folder, name), 'utf8');
  if (!join(folder, name).endsWith(${JSON.stringify(`/${file}`)})) return text;
  return text.replace(${JSON.stringify(find)}, () => ${JSON.stringify(replace)});`;
  return { file: LUA_READER, find: READS, replace: planted };
}
