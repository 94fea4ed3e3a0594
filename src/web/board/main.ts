/** Starts the operators' board. */
import { html, render } from 'htm/preact';
import { SeatlaneOperator } from '../../client/operator.ts';
import { setClient } from '../api.ts';
import { keepFocus } from '../focus/kept-focus.ts';
import { Board } from './board.ts';
import { watch } from './watch.ts';

setClient(SeatlaneOperator);
const root = document.getElementById('page');
if (root) {
  keepFocus(root);
  render(html`<${Board} />`, root);
}
void watch();
