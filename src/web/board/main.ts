/** Starts the operators' board. */
import { html, render } from 'htm/preact';
import { Board } from './board.ts';
import { watch } from './watch.ts';

const root = document.getElementById('page');
if (root) render(html`<${Board} />`, root);
void watch();
