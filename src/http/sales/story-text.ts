/** The lines of an order's story as English sentences. */
import type { StoryEvent } from '../../db/reads/sales/story.ts';

export function storyText({ event, amount, detail, bookingId, command }: StoryEvent): string {
  const reason = detail === null ? '' : `: ${detail}`;
  switch (event) {
    case 'placed':
      return 'The order was placed.';
    case 'paid':
      return `${amount} points were paid.`;
    case 'refunded':
      return bookingId === null
        ? `${amount} points were refunded.`
        : `${amount} points were refunded for booking ${bookingId}.`;
    case 'place-ended':
      return `Booking ${bookingId} ended as ${detail}.`;
    case 'entered':
      return `The ticket of booking ${bookingId} was used at ${detail}.`;
    case 'checkout-begun':
      return `A card payment of ${amount} was begun, which is ${detail}.`;
    case 'checkout-settled':
      return `The provider ${detail} reported ${amount} as paid.`;
    case 'card-refund-begun':
      return `A refund of ${amount} to the card was begun, which is ${detail}.`;
    case 'card-refund-ended':
      return `The refund of ${amount} to the card ended as ${detail}.`;
    case 'operator-command':
      return `An operator sent ${command}${reason}.`;
    case 'performance-cancelled':
      return `The performance was cancelled${reason}.`;
  }
}
