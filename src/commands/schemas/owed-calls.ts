/** The JSON shape of calls to payment providers that are owed. */
import { z } from 'zod';
import { id, time } from './values.ts';

export const owedCall = z
  .object({
    id,
    kind: z.enum(['open', 'look', 'refund']).meta({
      description: 'To open a payment page, to ask what became of a payment, or to refund.',
    }),
    checkoutId: id,
    orderId: id.nullable().meta({ description: 'null for a top-up.' }),
    refundId: id.nullable().meta({ description: 'null unless it asks for a refund.' }),
    offers: z.int().min(0).meta({
      description: 'How often it was given to a worker, which tries it several times.',
    }),
    isDead: z.boolean().meta({ description: 'It has no answer after ten offers.' }),
    nextAt: time.meta({ description: 'When it is offered next.' }),
    createdAt: time,
  })
  .meta({
    id: 'OwedCall',
    example: {
      id: 12,
      kind: 'refund',
      checkoutId: 3,
      orderId: 1,
      refundId: 5,
      offers: 11,
      isDead: true,
      nextAt: '2026-11-20T10:30:00.000Z',
      createdAt: '2026-11-20T06:00:00.000Z',
    },
  });

export type OwedCall = z.infer<typeof owedCall>;
