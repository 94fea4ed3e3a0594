/** Checks the view that a page shows with axe, and that it fits, at the widths of a phone and of a laptop, in both colour schemes. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** The rules of these tags that look at colours. The dark scheme changes nothing else, as a test of the style sheets shows. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];
const WIDTHS = [390, 1280];
const HEIGHT = 844;

export const SCHEMES = ['light', 'dark'] as const;

const runOf = (only: object) => `axe.run(document, ${JSON.stringify({
  runOnly: only,
  resultTypes: ['violations'],
})}).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
  nodes.map(({ target, any, all }) =>
    id + ' at ' + target.join(' ') + ': ' + [...any, ...all].map(({ message }) => message).join(' '))))`;

const RUNS = {
  light: runOf({ type: 'tag', values: TAGS }),
  dark: runOf({ type: 'rule', values: OF_COLOURS }),
};

/**
 * The page keeps the last width, at which the next view begins: resizing takes as long as some rules.
 * @returns one text for each violation: the colour scheme, the width, the rule, the element and what is wrong
 */
export async function violationsOf(page: Page): Promise<string[]> {
  // The page's policy forbids foreign scripts; those of the debugging protocol are not subject to it.
  if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(SOURCE);
  const found: string[] = [];
  const isWide = page.viewportSize()?.width === WIDTHS[1];
  for (const width of isWide ? WIDTHS.toReversed() : WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    const excess = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    if (excess !== 0) found.push(`${width} px: the page is ${excess} px too wide`);
    for (const scheme of SCHEMES) {
      await page.emulateMedia({ colorScheme: scheme });
      const violations = await page.evaluate<string[]>(RUNS[scheme]);
      found.push(...violations.map((violation) => `${scheme}, ${width} px: ${violation}`));
    }
  }
  return found;
}
