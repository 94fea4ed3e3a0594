/** Plants a bug in the code of a simulation: the module is loaded with it, and no file changes. `SIM_BUG` has its name. */
import { registerHooks } from 'node:module';
import { bugs } from './bugs.ts';

const bug = bugs.find(({ name }) => name === process.env.SIM_BUG);
if (!bug) throw new Error(`There is no planted bug "${process.env.SIM_BUG}".`);
const { file, find, replace } = bug;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/${file}`)) return loaded;
    const source = String(loaded.source);
    if (!source.includes(find)) throw new Error(`${file} does not have the text of the bug.`);
    return { ...loaded, source: source.replace(find, () => replace) };
  },
});
