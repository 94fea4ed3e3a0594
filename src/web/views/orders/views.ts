/** The views of orders, which are loaded together. */
export { CheckoutView } from '../../cards/checkout-view.ts';
export { OrdersView } from './list.ts';
export { OrderView } from './order.ts';
export { TicketsView } from './tickets.ts';
