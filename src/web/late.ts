/**
 * The views that the first page does not need. Their code is loaded when the first view is shown and the browser is idle,
 * or when one of them is opened.
 */
import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { QueryResult } from './views/parts.ts';

type View = (props: never) => unknown;

/** One load for all views of orders. */
const orders = () => import('./views/orders/views.ts');

const loads = {
  checkout: () => orders().then((late) => late.CheckoutView),
  order: () => orders().then((late) => late.OrderView),
  orders: () => orders().then((late) => late.OrdersView),
  seats: () => import('./views/sale/seats.ts').then((late) => late.SeatsView),
  tickets: () => orders().then((late) => late.TicketsView),
  waiting: () => import('./views/queue/waiting.ts').then((late) => late.Waiting),
} satisfies Record<string, () => Promise<View>>;

export type LateView = keyof typeof loads;

const loaded = new Map<LateView, View>();

async function load(name: LateView): Promise<View> {
  const view = await loads[name]();
  loaded.set(name, view);
  return view;
}

/** Loads all views, so that opening one needs no wait. A failure shows when the view is opened. */
export function loadLateViews(): void {
  for (const name of Object.keys(loads) as LateView[]) void load(name).catch(() => undefined);
}

interface State {
  view: View | undefined;
  problem?: unknown;
}

/** A view by its name, with its properties. */
export function Late({ name, ...props }: { name: LateView }) {
  const [{ view, problem }, setState] = useState<State>({ view: loaded.get(name) });
  useEffect(() => {
    if (view) return;
    load(name).then(
      (found) => setState({ view: found }),
      (failure) => setState({ view: undefined, problem: failure }),
    );
  }, []);
  const query = { body: view, problem, refetch: () => location.reload() };
  return html`<${QueryResult} query=${query}>${(Found: View) => html`<${Found} ...${props} />`}<//>`;
}
