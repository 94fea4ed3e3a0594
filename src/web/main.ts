/** Starts the buyers' page. */
import { html, render } from 'htm/preact';
import { Page } from './views/page.ts';

const root = document.getElementById('page');
if (root) render(html`<${Page} />`, root);
