/** Plants a mutant: vite hands its file to the tests with the fault in it. Nothing on disk is changed. */
import type { Plugin } from 'vitest/config';
import { mutants } from './index.ts';

/** @param name of the mutant; without one nothing is planted */
export function plantMutant(name: string | undefined): Plugin[] {
  if (name === undefined) return [];
  const mutant = mutants.find((each) => each.name === name);
  if (!mutant) throw new Error(`There is no mutant "${name}".`);
  const { file, find, replace } = mutant;
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
