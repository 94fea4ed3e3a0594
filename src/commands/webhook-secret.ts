/** The secret that a webhook's messages are signed with: derived, so that it is stored nowhere. */
import { hkdfSync } from 'node:crypto';

const BYTES = 24;

/**
 * @param secret that of the queue tokens; all processes have it
 * @returns the key, as bytes and as Standard Webhooks writes it
 */
export function webhookSecret(secret: string, webhookId: number): { key: Buffer; text: string } {
  const key = Buffer.from(hkdfSync('sha256', secret, '', `seatlane webhook ${webhookId}`, BYTES));
  return { key, text: `whsec_${key.toString('base64')}` };
}
