/** The secret that signs a webhook's messages. It is derived, so it need not be stored. */
import { hkdfSync } from 'node:crypto';

const BYTES = 24;

/**
 * @param secret the secret of the queue tokens, which all processes have
 * @returns the key as bytes, and as text in the format of Standard Webhooks
 */
export function webhookSecret(secret: string, webhookId: number): { key: Buffer; text: string } {
  const key = Buffer.from(hkdfSync('sha256', secret, '', `seatlane webhook ${webhookId}`, BYTES));
  return { key, text: `whsec_${key.toString('base64')}` };
}
