/** Notes the payment page of a checkout, or that there is none. */
import type { checkoutOpened } from '../../../src/commands/money/checkout-opened.ts';
import { isLive } from '../../../src/domain/checkouts.ts';
import { decideOpening } from '../../../src/domain/settlements.ts';
import { type HandlerOf, succeeded } from '../handler.ts';
import { toCheckout } from './to-checkout.ts';

export const handleCheckoutOpened: HandlerOf<typeof checkoutOpened> = {
  needs: ({ checkoutId }) => ({ checkoutId }),

  apply({ command, rows, now }) {
    const { callId, checkoutId, key, answer } = command.input;
    const { money } = rows;
    const checkout = money.checkouts.meant({ id: checkoutId, key, userId: command.userId });
    if (!checkout) return succeeded({});
    money.endCall(callId, checkoutId);
    const { change, closesPage } = decideOpening(checkout, answer, now);
    const isOver = !isLive({ ...checkout, ...change });
    const lookAt = isOver ? null : closesPage ? now : checkout.lookAt;
    if (Object.keys(change).length > 0 || lookAt !== checkout.lookAt) {
      money.checkouts.change(checkout, { ...change, lookAt });
    }
    // The timer looks at checkouts that are not over.
    if (isOver && closesPage) money.oweCall('look', checkoutId);
    return succeeded(toCheckout(checkout));
  },
};
