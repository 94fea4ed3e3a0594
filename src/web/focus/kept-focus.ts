/**
 * Moves the focus on when the focused element is removed, such as a pressed button whose panel changes. Otherwise the
 * browser would put it at the start of the document, and a screen reader would read nothing.
 */
import { focusOn, isFocusLost } from './focus.ts';

const HEADING = 'h1, h2, h3';
const CONTROL = 'a[href], button:not(:disabled), input, select, textarea, [tabindex="0"]';
/** After one of these is removed, the same control of the next one gets the focus. */
const LINE = 'li, tr';

/**
 * Starts following the focus. If the focused element is removed, the focus goes to what replaces it: its heading, or
 * itself. After a removed line of a list it goes to the next line, and otherwise to the nearest heading above.
 */
export function keepFocus(root: HTMLElement): void {
  /** The element that has the focus, or had it last. */
  let held: Element | null = null;
  root.addEventListener('focusin', ({ target }) => {
    held = target as Element;
  });
  root.addEventListener('focusout', ({ target, relatedTarget }) => {
    if (relatedTarget !== null || !document.hasFocus()) return;
    // A click beside all controls releases the focus on purpose; a removed element loses it.
    queueMicrotask(() => {
      if (held === target && held?.isConnected) held = null;
    });
  });
  new MutationObserver((records) => {
    const removal = held && removalOf(held, records);
    if (!removal) return;
    const moved = held?.isConnected ? held : null;
    // Effects of the new view may choose a place of their own, so they come first.
    requestAnimationFrame(() => {
      if (!isFocusLost()) return;
      const next = moved ?? placeAfter(removal);
      if (next) focusOn(next as HTMLElement);
    });
  }).observe(root, { childList: true, subtree: true });
}

/** The removal that took the element off the document, of all removals the outermost one. */
function removalOf(
  element: Element,
  records: readonly MutationRecord[],
): MutationRecord | undefined {
  let found: MutationRecord | undefined;
  let node: Node = element;
  for (const record of records) {
    if (![...record.removedNodes].some((removed) => removed.contains(node))) continue;
    found = record;
    node = record.target;
  }
  return found;
}

function placeAfter(removal: MutationRecord): Element | undefined {
  const [replacement] = replacementsOf(removal);
  if (replacement) return replacement.querySelector(HEADING) ?? replacement;
  return nextLine(removal) ?? headingAbove(removal.target as Element);
}

/** The elements that now stand where the removed one stood. */
function replacementsOf({ target, previousSibling, nextSibling }: MutationRecord): Element[] {
  const children = [...target.childNodes];
  const from = previousSibling ? children.indexOf(previousSibling as ChildNode) + 1 : 0;
  const to = nextSibling ? children.indexOf(nextSibling as ChildNode) : children.length;
  return children.slice(from, Math.max(from, to)).filter((node) => node instanceof HTMLElement);
}

function nextLine({
  removedNodes,
  nextSibling,
  previousSibling,
}: MutationRecord): Element | undefined {
  const isLine = [...removedNodes].some((node) => node instanceof Element && node.matches(LINE));
  if (!isLine) return undefined;
  const line = [nextSibling, previousSibling].find(
    (node) => node instanceof Element && node.isConnected,
  ) as Element | undefined;
  return line?.querySelector(CONTROL) ?? line;
}

function headingAbove(start: Element): Element | undefined {
  for (let above: Element | null = start; above; above = above.parentElement) {
    const found = above.isConnected && above.querySelector(HEADING);
    if (found) return found;
  }
  return undefined;
}
