/** The addresses of the operators' pages, for links between them. */
import type { BoardTexts } from './words.ts';

export type PageName = keyof BoardTexts['pages'];

/** @param path what follows the page's name, such as an id */
export function addressOf(name: PageName, ...path: readonly (string | number)[]): string {
  return `#/${[name, ...path].map(encodeURIComponent).join('/')}`;
}
