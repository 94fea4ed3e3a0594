/** Parses the documents of the repository: links, headings, paths in code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** Paths that git ignores, and the folder of git. */
const IGNORED = ['node_modules', '.git', '.seatlane', 'dist', 'out', 'coverage'];

/** Every file and folder of the repository, by its path from the root. */
export function everyPath(folder = ''): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !IGNORED.includes(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? [path, ...everyPath(path)] : [path];
    });
}

export interface Page {
  file: string;
  text: string;
  /** Targets of links and images, as they are written. */
  links: string[];
  /** The anchors that GitHub generates for the headings, without the `#`. */
  anchors: string[];
  /** The contents of back-ticks. */
  spans: string[];
  /** The contents of fenced blocks. */
  blocks: string[];
}

const FENCE = /^( *)```.*\n([\s\S]*?)^\1```/gm;
const SPAN = /`([^`\n]+(?:\n[^`\n]+)?)`/g;
const LINK = /\]\(([^()\s]+)\)|\bsrc="([^"]+)"/g;
const HEADING = /^#{1,6} +(.+)$/gm;

export function readPage(file: string): Page {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const prose = text.replaceAll(FENCE, '');
  return {
    file,
    text,
    blocks: [...text.matchAll(FENCE)].map(([, , block = '']) => block),
    spans: [...prose.matchAll(SPAN)].map(([, span = '']) => span),
    links: [...prose.replaceAll(SPAN, '').matchAll(LINK)].map(
      ([, link, image]) => link ?? image ?? '',
    ),
    anchors: anchorsOf([...prose.matchAll(HEADING)].map(([, heading = '']) => heading)),
  };
}

function anchorsOf(headings: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return headings.map((heading) => {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = words.replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}
