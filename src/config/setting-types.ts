/** The types of settings: what the environment variables can contain. */
import { z } from 'zod';

export function wholeNumber(from: number, to: number, fallback: number) {
  const error = `must be a whole number from ${from} to ${to}`;
  return z.coerce
    .number({ error })
    .int({ error })
    .min(from, { error })
    .max(to, { error })
    .default(fallback);
}

export const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0', 'on', 'off'])
    .default(fallback ? 'true' : 'false')
    .transform((value) => value === 'true' || value === '1' || value === 'on');

export const isOrigin = (text: string) =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;

/** One origin. */
export const origin = z
  .string()
  .refine(
    isOrigin,
    'must be an origin such as https://shop.example, without a path or a trailing slash',
  );

const ANY_LOCAL_PORT = 'http://localhost:*';

/** Origins separated by commas; `http://localhost:*` is any port of this machine. */
export const origins = z
  .string()
  .transform((value) => value.split(',').map((each) => each.trim()))
  .refine((all) => all.every((each) => each === ANY_LOCAL_PORT || isOrigin(each)), {
    error:
      'must be origins such as https://shop.example, separated by commas, without a path or a trailing slash',
  });

export const SECRET_BYTES_MIN = 32;
export const isLongEnough = (value: string) => Buffer.byteLength(value) >= SECRET_BYTES_MIN;
export const secret = z
  .string()
  .refine(
    isLongEnough,
    `must be at least ${SECRET_BYTES_MIN} bytes long, because signatures with shorter secrets can be forged`,
  );
