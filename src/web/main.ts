/** Starts the buyers' page. */
import { html, render } from 'htm/preact';
import { keepFocus } from './focus/kept-focus.ts';
import { loadLateViews } from './late.ts';
import { Page } from './views/page.ts';

const root = document.getElementById('page');
if (root) {
  keepFocus(root);
  render(html`<${Page} />`, root);
  const whenIdle = window.requestIdleCallback ?? setTimeout;
  // The texts are loaded by an import of their own, so that this line may come after the event.
  if (document.readyState === 'complete') whenIdle(loadLateViews);
  else addEventListener('load', () => whenIdle(loadLateViews));
}
