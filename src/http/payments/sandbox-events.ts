/** Reads the events of the sandbox (docs/payments.md). */
import { z } from 'zod';
import { amount } from '../../commands/schemas/checkouts.ts';
import { id } from '../../commands/schemas/resources.ts';
import { type EventReader, SignatureInvalid } from './events.ts';
import { isSandboxEventSigned, SANDBOX_SIGNATURE } from './sandbox-signature.ts';

const OUTCOMES = {
  'checkout.paid': 'paid',
  'checkout.failed': 'failed',
  'checkout.expired': 'expired',
} as const;

const text = z.string().min(1).max(255);
const checkoutEvent = z.object({
  id: text,
  type: z.enum(['checkout.paid', 'checkout.failed', 'checkout.expired']),
  key: text,
  checkoutId: id,
  ref: text,
  amount,
  currency: z.string().length(3),
});

/** @param secret that of the sandbox (`SANDBOX_SECRET`) */
export function sandboxEvents(secret: string): EventReader {
  return {
    signatureHeader: SANDBOX_SIGNATURE,
    readEvent(rawBody, headers, now) {
      if (!isSandboxEventSigned(rawBody, headers.get(SANDBOX_SIGNATURE), secret, now)) {
        throw new SignatureInvalid('The sandbox has not signed this event, or long ago.');
      }
      const event: unknown = JSON.parse(rawBody);
      const { type } = z.looseObject({ type: z.string() }).parse(event);
      if (!Object.hasOwn(OUTCOMES, type)) return 'ignored';
      const { type: known, ...told } = checkoutEvent.parse(event);
      return { about: 'checkout', outcome: OUTCOMES[known], ...told };
    },
  };
}
