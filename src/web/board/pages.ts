/** The operators' pages by their addresses: `#/` and `#/NAME`, with what follows for the page itself. */
import { makeStore } from '../store.ts';
import type { PageName } from './addresses.ts';
import { ConcertsView } from './concerts/concerts-view.ts';
import { GatesView } from './gates/gates-view.ts';
import { HallsView } from './halls/halls-view.ts';
import { OrdersPage } from './orders/orders-page.ts';
import { OutboxPage } from './outbox/outbox-page.ts';
import { PeoplePage } from './people/people-page.ts';
import { QueuesView } from './queues/queues-view.ts';
import { RushView } from './rush/rush-view.ts';
import { SalesPage } from './sales/sales-page.ts';

export interface PageProps {
  /** The parts of the address after the page's name, such as `['7', 'orders']`. */
  path: readonly string[];
}

interface BoardPage {
  name: PageName;
  View: (props: PageProps) => unknown;
}

/** In the order of the navigation. The first one is shown at `#/`. */
export const PAGES: readonly [BoardPage, ...BoardPage[]] = [
  { name: 'rush', View: RushView },
  { name: 'concerts', View: ConcertsView },
  { name: 'halls', View: HallsView },
  { name: 'queues', View: QueuesView },
  { name: 'gates', View: GatesView },
  { name: 'sales', View: SalesPage },
  { name: 'orders', View: OrdersPage },
  { name: 'people', View: PeoplePage },
  { name: 'outbox', View: OutboxPage },
];

function shownAt(address: string): { page: BoardPage; path: readonly string[] } {
  const [name, ...path] = address.replace(/^#\//, '').split('/').map(decodeURIComponent);
  const page = PAGES.find((each) => each.name === name);
  return page ? { page, path } : { page: PAGES[0], path: [] };
}

export const shown = makeStore(shownAt(location.hash));

addEventListener('hashchange', () => {
  shown.set(shownAt(location.hash));
  scrollTo(0, 0);
});
