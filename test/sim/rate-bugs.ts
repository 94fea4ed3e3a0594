/** Bugs of the rate limit that no mutation test plants. */
import type { Bug } from './bugs.ts';

const file = 'src/lanes/rate-limit/rate-limit.ts';

export const rateBugs: readonly Bug[] = [
  {
    name: 'no command is refused because of the rate limit',
    file,
    find: 'if (window.total(now) >= this.#limit) {',
    replace: 'if (false) {',
  },
  {
    name: 'an API process does not count what others have accepted',
    file,
    find: 'window.merge(counts[at] as number, counts[at + 1] as number, now);',
    replace: '',
  },
  {
    name: 'refused commands count too',
    file,
    find: 'if (window.total(now) >= this.#limit) {',
    replace: 'if (window.total(now) >= this.#limit) {\n      window.add(now);',
  },
  {
    name: 'all users have one rate limit',
    file,
    find: 'const known = this.#windows.get(subject);',
    replace: "const known = this.#windows.get('everybody');\n    subject = 'everybody';",
  },
  {
    name: 'the window of the rate limit does not slide',
    file: 'src/lanes/rate-limit/sliding-window.ts',
    find: 'if (lastAt > past) break;',
    replace: 'break;',
  },
];
