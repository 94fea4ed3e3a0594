/** The page of orders: `#/orders` with a search, and `#/orders/ID` for one order. The search is a part of the address. */
import { html } from 'htm/preact';
import type { OrderSearch } from '../../../client/index.ts';
import { usePages } from '../../use-pages.ts';
import { addressOf } from '../addresses.ts';
import type { PageProps } from '../pages.ts';
import { PagesOf } from '../pages-of.ts';
import { useBoardWords } from '../words.ts';
import { OrderList } from './order-list.ts';
import { OrderView } from './order-view.ts';
import { FIELDS, SearchForm } from './search-form.ts';

export function OrdersPage({ path: [first = ''] }: PageProps) {
  const { b } = useBoardWords();
  if (/^\d+$/.test(first)) return html`<${OrderView} key=${first} orderId=${Number(first)} />`;
  const given = new URLSearchParams(first);
  return html`
    <h1 class="title" tabindex="-1">${b.pages.orders}</h1>
    <${SearchForm} key=${first} given=${given} onSearch=${search} />
    ${first !== '' && html`<${Found} key=${`found ${first}`} given=${given} />`}
  `;
}

/** An order number alone leads to the order. */
function search(given: URLSearchParams): void {
  const orderId = given.get('orderId');
  location.hash = addressOf('orders', orderId !== null && given.size === 1 ? orderId : `${given}`);
}

function Found({ given }: { given: URLSearchParams }) {
  const { b } = useBoardWords();
  const wanted = Object.fromEntries(FIELDS.map((name) => [name, given.get(name) ?? undefined]));
  const pages = usePages(`${given}`, (seatlane, options) =>
    seatlane.findOrders({ ...(wanted as OrderSearch), ...options }),
  );
  return html`
    <section class="panel order-results">
      <h2 class="panel-title">${b.ordersPage.found}</h2>
      <${PagesOf} pages=${pages} empty=${b.ordersPage.none}>
        ${(orders: Parameters<typeof OrderList>[0]['orders']) => html`<${OrderList} orders=${orders} />`}
      <//>
    </section>
  `;
}
