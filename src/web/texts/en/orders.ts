/** The texts of orders, refunds and tickets, in English. */
import { s } from './plural.ts';

export const orders = {
  noOrders: 'You have no orders yet.',
  moreOrders: 'Show more orders',
  orderNumber: (id: number) => `Order ${id}`,
  orderedAt: (time: string) => `Ordered on ${time}`,
  placeCount: (count: number) => `${count} place${s(count)}`,
  orderState: {
    held: 'Held',
    paid: 'Paid',
    expired: 'Expired',
    cancelled: 'Cancelled',
    refunded: 'Refunded',
    'partly-refunded': 'Partly refunded',
  },
  bookingState: {
    held: 'Held',
    paid: 'Paid',
    expired: 'Expired',
    cancelled: 'Given back',
    refunded: 'Refunded',
  },
  orderEnded: {
    expired: 'This order was not paid in time. Nothing was charged.',
    cancelled: 'This order was cancelled before it was paid. Nothing was charged.',
    refunded: 'This order was refunded. Its tickets are no longer valid.',
  },
  chooseAgain: 'Choose seats again',
  toPay: 'Pay now',
  yourPlaces: 'Places',

  payment: 'Payment',
  paidBy: { points: 'Paid with points', card: 'Paid by card' },
  backTo: { points: 'Back to your points', card: 'Back to your card' },
  refundState: {
    pending: 'on its way',
    done: 'sent',
    failed: 'delayed, we are taking care of it',
    credited: 'added to your points instead',
    elsewhere: 'paid back in another way',
  },

  refund: 'Refund',
  refundOf: (place: string) => `Refund ${place}`,
  refundAll: 'Refund all places',
  askRefund: (place: string) => `Give back ${place}?`,
  askRefundAll: (count: number) => `Give back all ${count} places?`,
  comesBack: {
    points: (amount: string) => `You get ${amount} back in your balance at once.`,
    card: (amount: string) =>
      `${amount} goes back to the card you paid with. Your bank may take some days to show it.`,
  },
  nothingBack: 'Nothing was paid for it, so nothing comes back.',
  ticketEnds: (count: number): string =>
    count === 1 ? 'Its ticket is no longer valid then.' : 'Their tickets are no longer valid then.',
  refundNow: (amount: string) => `Refund ${amount}`,
  refunding: 'Refunding…',
  giveBackNow: 'Give back',
  keep: 'Keep',
  refunded: {
    points: (amount: string) => `Refunded. ${amount} are back in your balance.`,
    card: (amount: string) => `Refunded. ${amount} is on its way to your card.`,
  },
  cancelled: 'Given back. Nothing was charged.',

  refundRules: 'How refunds work',
  refundUntil: (time: string) => `You can get a refund until ${time}.`,
  refundWay:
    'It is for single places or for all, and the whole price comes back the way you paid: to your card, or to your points. After somebody has entered with a ticket, there is no refund for it.',
  refundOver: (time: string) =>
    `Refunds for this performance ended on ${time}. You cannot get your money back.`,

  tickets: 'Tickets',
  toTickets: 'Show tickets',
  toOrder: 'Show the order',
  noTickets: 'This order is not paid, so it has no tickets.',
  print: 'Print',
  addToCalendar: 'Add to calendar',
  codeOf: (place: string) => `QR code of the ticket for ${place}`,
  ticketNumber: (id: number) => `No. ${id}`,
  ticketState: {
    valid: 'Show this code at the entrance',
    used: 'Used',
    revoked: 'No longer valid',
  },
};
