/** The page of calls to payment providers that are owed: `#/outbox` for dead ones, `#/outbox/all` for all. */
import { html } from 'htm/preact';
import type { OwedCall } from '../../../client/index.ts';
import { callApi } from '../../api.ts';
import { useAction } from '../../hooks.ts';
import { notify, notifyProblem } from '../../notifications.ts';
import { usePages } from '../../use-pages.ts';
import { addressOf } from '../addresses.ts';
import type { PageProps } from '../pages.ts';
import { PagesOf } from '../pages-of.ts';
import { Toggle } from '../toggle.ts';
import { useBoardWords } from '../words.ts';

export function OutboxPage({ path: [first] }: PageProps) {
  const { b } = useBoardWords();
  const words = b.outboxPage;
  const isAll = first === 'all';
  const state = isAll ? undefined : 'dead';
  const pages = usePages(`outbox ${state}`, (seatlane, options) =>
    seatlane.owedCalls({ ...options, state }),
  );
  const options = [
    ['dead', words.dead],
    ['all', words.all],
  ] as const;
  const choose = (chosen: 'dead' | 'all') => {
    location.hash = chosen === 'all' ? addressOf('outbox', 'all') : addressOf('outbox');
  };
  return html`
    <h1 class="title" tabindex="-1">${b.pages.outbox}</h1>
    <section class="panel outbox">
      <h2 class="panel-title">${words.title}</h2>
      <p class="quiet small">${words.why} ${words.failedRefunds}</p>
      <${Toggle} label=${words.show} options=${options} chosen=${isAll ? 'all' : 'dead'} choose=${choose} />
      <${PagesOf} pages=${pages} empty=${isAll ? words.none : words.noDead}>
        ${(calls: readonly OwedCall[]) => html`
          <ul class="bars outbox-calls">
            ${calls.map((call) => html`<${Call} key=${call.id} call=${call} onRetried=${pages.refetch} />`)}
          </ul>
        `}
      <//>
    </section>
  `;
}

function Call({ call, onRetried }: { call: OwedCall; onRetried(): void }) {
  const { b, number, moment } = useBoardWords();
  const words = b.outboxPage;
  const [isBusy, run] = useAction();
  const { id, kind, checkoutId, orderId, offers, isDead, nextAt, createdAt } = call;
  const retry = () =>
    run(async () => {
      try {
        await callApi((seatlane) => seatlane.retryCall(id));
        notify(() => words.retried);
      } catch (error) {
        notifyProblem(error);
      }
      onRetried();
    });
  return html`
    <li>
      <p class="bar-title">
        <span>${words.kinds[kind]}</span>
        ${isDead && html`<span class="small is-bad">${words.isDead}</span>`}
      </p>
      <p class="small">
        ${words.checkout(checkoutId)}
        ${orderId !== null && html` · <a href=${addressOf('orders', orderId)}>${b.ordersPage.number(orderId)}</a>`}
      </p>
      <p class="small quiet">${words.offers(number(offers))} · ${words.since(moment(createdAt))} · ${words.next(moment(nextAt))}</p>
      ${
        isDead &&
        html`<div class="buttons"><button class="button is-small" type="button" aria-disabled=${isBusy} onClick=${retry}>${words.retry}</button></div>`
      }
    </li>
  `;
}
