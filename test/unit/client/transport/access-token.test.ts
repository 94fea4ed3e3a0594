/** The access token: fixed, or fetched once for all concurrent requests. */
import { describe, expect, test } from 'vitest';
import { AccessToken } from '../../../../src/client/transport/access-token.ts';

/** A source that returns `token 1`, `token 2` and so on. */
function counting() {
  let calls = 0;
  const source = async () => {
    calls += 1;
    return `token ${calls}`;
  };
  return { token: new AccessToken(source), calls: () => calls };
}

describe('a fixed token', () => {
  test('is sent as it is and never replaced', async () => {
    const token = new AccessToken('ada’s');
    expect(await token.get()).toBe('ada’s');
    expect(await token.replace('ada’s')).toBeUndefined();
  });

  test('can be missing', async () => {
    expect(await new AccessToken(undefined).get()).toBeUndefined();
  });
});

describe('a token function', () => {
  test('is called once for all requests, when the first one needs a token', async () => {
    const { token, calls } = counting();
    expect(calls()).toBe(0);
    expect(await Promise.all([token.get(), token.get()])).toEqual(['token 1', 'token 1']);
    expect(await token.get()).toBe('token 1');
    expect(calls()).toBe(1);
  });

  test('is called once for concurrent requests that were refused with the same token', async () => {
    const { token, calls } = counting();
    await token.get();
    const others = await Promise.all([token.replace('token 1'), token.replace('token 1')]);
    expect(others).toEqual(['token 2', 'token 2']);
    expect(calls()).toBe(2);
  });

  test('is not called again for a request that was refused with an older token', async () => {
    const { token, calls } = counting();
    await token.get();
    await token.replace('token 1');
    expect(await token.replace('token 1')).toBe('token 2');
    expect(calls()).toBe(2);
  });

  test('that fails is called again by the next request', async () => {
    let isDown = true;
    const token = new AccessToken(() => {
      if (isDown) throw new Error('no login');
      return 'a token';
    });
    await expect(token.get()).rejects.toThrow('no login');
    isDown = false;
    expect(await token.get()).toBe('a token');
  });
});
