/** The payment page as a buyer, or a script in the place of one, uses it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  AMOUNT,
  type SandboxClient,
  startTestSandbox,
  type TestSandbox,
} from '../../../support/sandbox/sandbox.ts';

let sandbox: TestSandbox;
let client: SandboxClient;
const BACK = 'http://localhost:8080/thanks?lang=ko&checkoutId=7#top';

beforeAll(async () => {
  sandbox = await startTestSandbox();
  client = sandbox.client;
});
afterAll(() => sandbox.stop());

test('the page shows the amount, and offers to pay, to take the 3-D Secure step and to decline', async () => {
  const { redirectUrl } = await client.open();
  const page = await client.look(redirectUrl);
  expect(page.status).toBe(200);
  expect(page.text).toContain('₩12,000');
  expect(page.text).toContain('Winter concert, A1 &amp; A2');
  expect(page.actions).toEqual(['pay', 'challenge', 'decline']);
  expect(page.text).not.toContain('<script');
});

test('paying captures the amount and leads back to the shop with the checkout’s id', async () => {
  const { ref, redirectUrl } = await client.open();
  expect(await client.act(redirectUrl, 'pay')).toMatchObject({ status: 303, location: BACK });
  expect(await client.find(ref)).toMatchObject({ state: 'paid', captured: AMOUNT });
});

test('a payment with 3-D Secure is captured only after it is confirmed', async () => {
  const { ref, redirectUrl } = await client.open();
  const step = await client.act(redirectUrl, 'challenge');
  expect(step).toMatchObject({ status: 200, actions: ['confirm', 'fail'] });
  expect(await client.look(redirectUrl)).toMatchObject({ actions: ['confirm', 'fail'] });
  expect(await client.find(ref)).toMatchObject({ state: 'open', captured: 0 });

  expect(await client.act(redirectUrl, 'confirm')).toMatchObject({ status: 303, location: BACK });
  expect(await client.find(ref)).toMatchObject({ state: 'paid', captured: AMOUNT });
});

test('a failed 3-D Secure step and a declined card end the checkout without money', async () => {
  const one = await client.open();
  await client.act(one.redirectUrl, 'challenge');
  const other = await client.open();
  for (const [{ ref, redirectUrl }, action] of [
    [one, 'fail'],
    [other, 'decline'],
  ] as const) {
    expect(await client.act(redirectUrl, action)).toMatchObject({ status: 303, location: BACK });
    expect(await client.find(ref)).toMatchObject({ state: 'failed', captured: 0 });
  }
});

test('the 3-D Secure step cannot be skipped, and an action that is not offered changes nothing', async () => {
  const { ref, redirectUrl } = await client.open();
  expect(await client.act(redirectUrl, 'confirm')).toMatchObject({ status: 409 });
  expect(await client.act(redirectUrl, 'steal')).toMatchObject({ status: 400 });
  await client.act(redirectUrl, 'challenge');
  const skipped = await client.act(redirectUrl, 'pay');
  expect(skipped).toMatchObject({ status: 409, actions: ['confirm', 'fail'] });
  expect(await client.find(ref)).toMatchObject({ state: 'open', captured: 0 });
});

test('a checkout that is over leads back to the shop, and captures nothing twice', async () => {
  const { ref, redirectUrl } = await client.open();
  const posts = Array.from({ length: 5 }, () => client.act(redirectUrl, 'pay'));
  expect(new Set((await Promise.all(posts)).map(({ status }) => status))).toEqual(new Set([303]));
  for (const action of ['decline', 'pay', 'challenge']) {
    expect(await client.act(redirectUrl, action)).toMatchObject({ status: 303, location: BACK });
  }
  expect(await client.look(redirectUrl)).toMatchObject({ status: 303, location: BACK });
  const captured = (await client.journal()).filter(
    (entry) => entry.ref === ref && entry.kind !== 'opened',
  );
  expect(captured).toMatchObject([{ kind: 'captured', amount: AMOUNT }]);
});

test('a confirmation after the checkout’s end captures nothing', async () => {
  const { ref, redirectUrl } = await client.open();
  await client.act(redirectUrl, 'challenge');
  await client.post(`/v1/checkouts/${ref}/expire`);
  expect(await client.act(redirectUrl, 'confirm')).toMatchObject({ status: 303 });
  expect(await client.find(ref)).toMatchObject({ state: 'expired', captured: 0 });
});

test('the page shows text as text', async () => {
  const { redirectUrl } = await client.open({ what: '<img src=x onerror=alert(1)>"\'' });
  const { text } = await client.look(redirectUrl);
  expect(text).toContain('&lt;img src=x');
  expect(text).not.toContain('<img');
});

test('the page may load nothing, be in no frame, and is neither cached nor named to the shop', async () => {
  const { redirectUrl } = await client.open();
  const { headers } = await client.look(redirectUrl);
  expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  expect(headers.get('Content-Security-Policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('Cache-Control')).toBe('no-store');
  expect(headers.get('Referrer-Policy')).toBe('no-referrer');
});

test('an unknown address shows a page that says so', async () => {
  const page = await client.look(`${client.url}/pay/chk_none`);
  expect(page).toMatchObject({ status: 404, actions: [] });
  expect(page.text).toContain('There is no such payment.');
  expect(await client.act(`${client.url}/pay/chk_none`, 'pay')).toMatchObject({ status: 404 });
});
