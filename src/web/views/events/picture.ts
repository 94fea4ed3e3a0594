/** The picture of a concert, or a plain field with its first letter. The title stands beside it, so it needs no description. */
import { html } from 'htm/preact';
import type { Concert } from '../../../client/index.ts';

export function Picture({ concert }: { concert: Concert }) {
  const { image, title } = concert;
  return image
    ? html`<img class="picture" src=${image} alt="" loading="lazy" decoding="async" width="320" height="180" />`
    : html`<span class="picture is-missing" aria-hidden="true">${[...title][0]}</span>`;
}
