/**
 * Where the focus goes when a view changes: to its heading, so that a screen reader reads it out and Tab continues from
 * there. The document's title follows the heading. `kept-focus.ts` handles changes within a view.
 */
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { makeStore } from '../store.ts';

const SITE = 'Seatlane';

/** Replaces the heading in the document's title, such as by the position in the queue; null: the heading. */
export const titleInstead = makeStore<string | null>(null);

/** Focuses an element that is not in the tab order, such as a heading. */
export function focusOn(element: HTMLElement): void {
  if (!element.matches('a[href], button, input, select, textarea, [tabindex]')) {
    element.tabIndex = -1;
  }
  element.focus();
}

/** Whether no element has the focus: nobody typed or pressed anything, or the focused element was removed. */
export function isFocusLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

/**
 * For the frame of a page, which has one `main`: focuses the `h1` of each view that is shown after the first one, as soon
 * as it exists, and names the document after it.
 * @param address identifies the view
 */
export function useViewFocus(address: string): void {
  const shown = useRef(address);
  useEffect(followHeading, []);
  useEffect(() => {
    // The first view is the document's start, where the focus is anyway.
    if (shown.current === address) return;
    shown.current = address;
    return focusFirst(heading);
  }, [address]);
}

/**
 * For a part of a view that changes by itself, such as the queue on admission: focuses the first heading of each step
 * after the first one, unless the user is busy with an element that is still there.
 * @param step identifies the step; undefined: it is not known yet
 * @returns the reference to the element of the part
 */
export function useStepFocus(step: string | undefined): RefObject<HTMLDivElement | null> {
  const part = useRef<HTMLDivElement>(null);
  const shown = useRef(step);
  useEffect(() => {
    const before = shown.current;
    if (step === undefined || step === before) return;
    shown.current = step;
    if (before === undefined || !isFocusLost()) return;
    return focusFirst(() => part.current?.querySelector<HTMLElement>('h1, h2, h3'));
  }, [step]);
  return part;
}

const heading = () => document.querySelector<HTMLElement>('main h1');

/** @returns a function that stops waiting for the heading */
function focusFirst(find: () => HTMLElement | null | undefined): () => void {
  const before = document.activeElement;
  return untilDone(() => {
    // The user has moved on to another element while the view was loading.
    if (!isFocusLost() && document.activeElement !== before) return true;
    const found = find();
    if (found) focusOn(found);
    return Boolean(found);
  });
}

/** Calls `attempt` now and after each change of `main`, until it returns true. */
function untilDone(attempt: () => boolean): () => void {
  if (attempt()) return () => undefined;
  const observer = new MutationObserver(() => {
    if (attempt()) observer.disconnect();
  });
  observer.observe(document.querySelector('main') as HTMLElement, {
    childList: true,
    subtree: true,
  });
  return () => observer.disconnect();
}

function followHeading(): () => void {
  const show = () => {
    const name = titleInstead.get() ?? heading()?.textContent.trim();
    const title = name ? `${name} · ${SITE}` : SITE;
    if (document.title !== title) document.title = title;
  };
  show();
  const unsubscribe = titleInstead.subscribe(show);
  const observer = new MutationObserver(show);
  observer.observe(document.querySelector('main') as HTMLElement, {
    childList: true,
    subtree: true,
    characterData: true,
  });
  return () => {
    observer.disconnect();
    unsubscribe();
  };
}
