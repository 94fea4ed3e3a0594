/**
 * Loaded before everything else (`node --import`): replaces the clock, the timers and the random numbers of this process by ones
 * that depend on the seed alone. `SIM_SEED` has the seed.
 */
import crypto, { type webcrypto } from 'node:crypto';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { BEGIN_MS, clock } from './clock.ts';
import { Random } from './random.ts';
import { clearTimer, setTimer } from './timers.ts';

/** The functions of Node that the simulator itself needs, as they were. */
export const real: {
  setImmediate: (act: () => void) => void;
  setTimeout: typeof setTimeout;
  now: () => number;
} = {
  setImmediate: globalThis.setImmediate,
  setTimeout: globalThis.setTimeout,
  now: performance.now.bind(performance),
};

/** What Node itself still has to do before the next step can be chosen: immediates. */
export const inFlight: { count: number } = { count: 0 };

const switches = { isOn: false };

/** From now on timers follow the simulated clock. */
export function startVirtualTimers(): void {
  switches.isOn = true;
}

const require = createRequire(import.meta.url);

function replaceClock(): void {
  globalThis.Date = new Proxy(Date, {
    construct: (target, words, newTarget) =>
      Reflect.construct(target, words.length === 0 ? [Math.floor(clock.now)] : words, newTarget),
    get: (target, name, receiver) =>
      name === 'now' ? () => Math.floor(clock.now) : Reflect.get(target, name, receiver),
  });
  performance.now = () => clock.now - BEGIN_MS;
  Object.defineProperty(performance, 'timeOrigin', { value: BEGIN_MS });
}

function replaceTimers(): void {
  const { setTimeout, setInterval, clearTimeout, setImmediate } = globalThis;
  const timeout = (act: (...words: unknown[]) => void, ms = 1, ...words: unknown[]) =>
    switches.isOn ? setTimer(() => act(...words), ms) : setTimeout(act, ms, ...words);
  const interval = (act: (...words: unknown[]) => void, ms = 1, ...words: unknown[]) =>
    switches.isOn ? setTimer(() => act(...words), ms, true) : setInterval(act, ms, ...words);
  const clear = (handle: never) => {
    clearTimer(handle);
    clearTimeout(handle);
  };
  const immediate = (act: (...words: unknown[]) => void, ...words: unknown[]) => {
    inFlight.count += 1;
    return setImmediate(() => {
      inFlight.count -= 1;
      act(...words);
    });
  };
  const all = {
    setTimeout: timeout,
    setInterval: interval,
    clearTimeout: clear,
    clearInterval: clear,
    setImmediate: immediate,
  };
  Object.assign(globalThis, all);
  Object.assign(require('node:timers'), all);
  const sleep = (ms = 1, value?: unknown, { signal }: { signal?: AbortSignal } = {}) =>
    new Promise((resolve, reject) => {
      const abort = () => {
        clear(handle as never);
        reject(signal?.reason);
      };
      const handle = timeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve(value);
      }, ms);
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  Object.assign(require('node:timers/promises'), { setTimeout: sleep });
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController();
    timeout(() => controller.abort(new DOMException('The time is over.', 'TimeoutError')), ms);
    return controller.signal;
  };
}

function replaceRandom(random: Random): void {
  const fill = <Bytes extends ArrayBufferView>(bytes: Bytes): Bytes => {
    const all = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < all.length; at += 1) all[at] = random.below(256);
    return bytes;
  };
  const randomBytes = (size: number) => fill(Buffer.alloc(size));
  const randomUUID = () => {
    const hex = randomBytes(16).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
  const randomInt = (one: number, other?: number) =>
    other === undefined ? random.below(one) : one + random.below(other - one);
  Math.random = random.next;
  Object.assign(crypto, { randomBytes, randomFillSync: fill, randomUUID, randomInt });
  const web = globalThis.crypto;
  web.getRandomValues = fill as typeof web.getRandomValues;
  web.randomUUID = randomUUID as typeof web.randomUUID;
}

/**
 * The thread pool ends a call at any time, also before or after what other requests do meanwhile. So the calls of WebCrypto that requests
 * make are carried out at once.
 */
function replaceWebCrypto(): void {
  const { subtle } = globalThis.crypto;
  const sign: webcrypto.SubtleCrypto['sign'] = async (algorithm, key, data) =>
    toArrayBuffer(signatureOf(algorithm, key, bytesOf(data)));
  const verify: webcrypto.SubtleCrypto['verify'] = async (algorithm, key, signature, data) => {
    const given = bytesOf(signature);
    if (nameOf(algorithm) !== 'HMAC') {
      return crypto.verify(null, bytesOf(data), crypto.KeyObject.from(key), given);
    }
    const expected = signatureOf(algorithm, key, bytesOf(data));
    return given.length === expected.length && crypto.timingSafeEqual(given, expected);
  };
  const refuse = (name: string) => () => {
    throw new Error(`A simulation cannot carry out ${name} of WebCrypto at once.`);
  };
  const others = ['digest', 'encrypt', 'decrypt', 'deriveBits', 'generateKey', 'wrapKey'];
  const refused = Object.fromEntries(others.map((name) => [name, refuse(name)]));
  Object.assign(subtle, { ...refused, sign, verify });
}

/** @throws Error for another algorithm than those of our tokens: HMAC, and Ed25519 */
function signatureOf(algorithm: Algorithm, key: webcrypto.CryptoKey, data: Buffer): Buffer {
  const secret = crypto.KeyObject.from(key);
  const name = nameOf(algorithm);
  if (name === 'Ed25519') return crypto.sign(null, data, secret);
  if (name !== 'HMAC') throw new Error(`A simulation cannot sign with ${name}.`);
  const { hash } = key.algorithm as webcrypto.HmacKeyAlgorithm;
  return crypto.createHmac(hash.name.replace('-', ''), secret).update(data).digest();
}

type Algorithm = Parameters<webcrypto.SubtleCrypto['sign']>[0];

const nameOf = (algorithm: Algorithm) =>
  typeof algorithm === 'string' ? algorithm : algorithm.name;

function bytesOf(data: webcrypto.BufferSource): Buffer {
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  return Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}

function toArrayBuffer({ buffer, byteOffset, byteLength }: Buffer): ArrayBuffer {
  return (buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength);
}

// Node advises against reading the key of a CryptoKey, and there is no other way.
process.noDeprecation = true;
replaceClock();
replaceTimers();
replaceRandom(new Random(Number(process.env.SIM_SEED ?? 0), 'the random numbers of the code'));
replaceWebCrypto();
syncBuiltinESMExports();
