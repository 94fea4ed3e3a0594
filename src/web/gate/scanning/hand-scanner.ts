/** Hand scanners: they type a code as a keyboard does, and then press Enter. */

/** A scanner types faster than this, so that a key that was pressed before, by a person, is not part of the code; in ms. */
const PAUSE_MS = 1000;

const FIELD = 'input, textarea, select';

/**
 * Reports what is typed while no field has the focus: over an answer, after it, and before the first scan. A code that is typed into a
 * field belongs to its form.
 * @returns a function that stops listening
 */
export function listenToScanner(onCode: (text: string) => void): () => void {
  const ending = new AbortController();
  let typed = '';
  let typedAt = 0;
  const onKeyDown = (event: KeyboardEvent) => {
    const { key, target, timeStamp } = event;
    const isShortcut = event.ctrlKey || event.altKey || event.metaKey;
    if (isShortcut || (target instanceof Element && target.matches(FIELD))) return;
    if (timeStamp - typedAt > PAUSE_MS) typed = '';
    typedAt = timeStamp;
    // No code has a space; a person presses a button with it.
    if (key.length === 1 && key !== ' ') typed += key;
    if (key !== 'Enter' || typed === '') return;
    // The button that has the focus must not be pressed by this.
    event.preventDefault();
    onCode(typed);
    typed = '';
  };
  document.addEventListener('keydown', onKeyDown, { signal: ending.signal });
  return () => ending.abort();
}
