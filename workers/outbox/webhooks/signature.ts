/** Signs messages according to the Standard Webhooks specification (standardwebhooks.com, version 1). */
import { createHmac } from 'node:crypto';

export interface Message {
  /** The same for every try. */
  id: string;
  /** In seconds since 1970. */
  timestamp: number;
  body: string;
}

/** The headers of a message: HMAC-SHA256 over `id.timestamp.body`, in base64. */
export function signedHeaders(
  { id, timestamp, body }: Message,
  key: Buffer,
): Record<string, string> {
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  };
}
