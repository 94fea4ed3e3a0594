/** The settings that buyers must know before they pay: the API shows them, and the page carries them. */
import { z } from 'zod';
import type { Payments } from './payments/payments.ts';

/** The rules of the sale that the configuration sets. */
export interface SaleRules {
  readonly holdMs: number;
  /** A paid order can be cancelled until this long before the performance starts. */
  readonly cancelUntilMs: number;
  /** Live bookings of a user for one performance. */
  readonly seatsPerUserMax: number;
}

export const publicSettings = z
  .object({
    currency: z.string().length(3).meta({ description: 'ISO 4217. One point is one minor unit.' }),
    hasCards: z.boolean().meta({ description: 'Whether buyers can pay by card.' }),
    isChargingOpen: z
      .boolean()
      .meta({ description: 'Whether every user may add points without money.' }),
    holdSeconds: z.number().meta({ description: 'How long places are held.' }),
    cancelUntilHours: z.number().min(0).meta({
      description: 'Buyers can get a refund until this long before the performance starts.',
    }),
    maxSeatsPerUser: z
      .int()
      .min(1)
      .meta({ description: 'Held and paid places of a user for one performance.' }),
  })
  .meta({
    id: 'PublicSettings',
    example: {
      currency: 'KRW',
      hasCards: true,
      isChargingOpen: false,
      holdSeconds: 300,
      cancelUntilHours: 24,
      maxSeatsPerUser: 10,
    },
  });

export type PublicSettings = z.infer<typeof publicSettings>;

export interface PublicSettingsDeps {
  payments: Pick<Payments, 'settings' | 'isOn'>;
  saleRules: SaleRules;
}

export function publicSettingsOf({ payments, saleRules }: PublicSettingsDeps): PublicSettings {
  return {
    currency: payments.settings.currency,
    hasCards: payments.isOn,
    isChargingOpen: payments.settings.openCharging,
    holdSeconds: saleRules.holdMs / 1000,
    cancelUntilHours: saleRules.cancelUntilMs / 3_600_000,
    maxSeatsPerUser: saleRules.seatsPerUserMax,
  };
}
