/** Sending kept scans: their order, their keys, and what becomes of them after each response. */
import { describe, expect, test } from 'vitest';
import {
  type KeptScan,
  type Sent,
  type SentScan,
  sendAll,
} from '../../../../../src/web/gate/device/outbox.ts';

const GATE = { scheduleId: 7, gate: 'North 2' };

function scan(number: number, change: Partial<KeptScan> = {}): KeptScan {
  return {
    ...GATE,
    key: `key ${number}`,
    number,
    code: `code ${number}`,
    ticketId: number,
    place: `Seat ${number}`,
    scannedAt: `2026-11-20T18:0${number}:00.000Z`,
    wasSent: false,
    refusal: null,
    ...change,
  };
}

const ENTERED: Sent = { state: 'entered' };
const USED = { code: 'TICKET_ALREADY_USED', usedAt: '2026-11-20T18:00:00.000Z', usedGate: 'South' };
const REFUSED: Sent = { state: 'refused', refusal: USED };

/** Keeps scans in memory, in no order, and answers requests by their keys. */
function outboxOf(kept: readonly KeptScan[], answers: Record<string, Sent> = {}) {
  const scans = new Map(kept.toReversed().map((each) => [each.key, each]));
  const sent: [key: string, scan: SentScan][] = [];
  const deps = {
    store: {
      all: async () => [...scans.values()],
      put: async (each: KeptScan) => void scans.set(each.key, each),
      remove: async (key: string) => void scans.delete(key),
    },
    send: async (each: SentScan, key: string) => {
      sent.push([key, each]);
      return answers[key] ?? ENTERED;
    },
    newKey: () => 'a new key',
  };
  return { deps, sent, scans, keys: () => sent.map(([key]) => key) };
}

describe('kept scans', () => {
  test('are sent in the order in which they happened, with their keys and times, and then forgotten', async () => {
    const outbox = outboxOf([scan(1), scan(2), scan(3)]);
    expect(await sendAll(outbox.deps, GATE)).toBe('done');
    expect(outbox.keys()).toEqual(['key 1', 'key 2', 'key 3']);
    expect(outbox.sent[0]?.[1]).toEqual({
      ...GATE,
      code: 'code 1',
      scannedAt: '2026-11-20T18:01:00.000Z',
    });
    expect(outbox.scans.size).toBe(0);
  });

  test('of another gate or performance wait for its token', async () => {
    const others = [scan(1, { gate: 'South' }), scan(2, { scheduleId: 8 })];
    const outbox = outboxOf([...others, scan(3)]);
    expect(await sendAll(outbox.deps, GATE)).toBe('done');
    expect(outbox.keys()).toEqual(['key 3']);
    expect([...outbox.scans.values()].map(({ number }) => number).toSorted()).toEqual([1, 2]);
  });

  test.each(['unreachable', 'signed-out'] as const)(
    'wait, all of them, after the response `%s`, and keep their keys',
    async (state) => {
      const outbox = outboxOf([scan(1), scan(2), scan(3)], {
        'key 2': { state, wasSent: true } as Sent,
      });
      expect(await sendAll(outbox.deps, GATE)).toBe(state);
      expect(outbox.keys()).toEqual(['key 1', 'key 2']);
      expect([...outbox.scans.keys()].toSorted()).toEqual(['key 2', 'key 3']);
    },
  );

  test('that are refused stay with the reason, are not sent again, and hold up no others', async () => {
    const outbox = outboxOf([scan(1), scan(2)], { 'key 1': REFUSED });
    expect(await sendAll(outbox.deps, GATE)).toBe('done');
    expect([...outbox.scans.values()]).toEqual([scan(1, { refusal: USED })]);
    await sendAll(outbox.deps, GATE);
    expect(outbox.keys()).toEqual(['key 1', 'key 2']);
  });

  test('that failed get a new key, because the old one keeps its outcome', async () => {
    const outbox = outboxOf([scan(1, { wasSent: false }), scan(2)], {
      'key 1': { state: 'failed' },
    });
    expect(await sendAll(outbox.deps, GATE)).toBe('unreachable');
    expect(await sendAll(outbox.deps, GATE)).toBe('done');
    expect(outbox.keys()).toEqual(['key 1', 'a new key', 'key 2']);
  });
});

describe('a scan whose response was lost', () => {
  const lost = scan(1, { wasSent: true });

  test('is sent again as it was, so that its own entry is not taken for a second one', async () => {
    const outbox = outboxOf([lost]);
    expect(await sendAll(outbox.deps, GATE)).toBe('done');
    expect(outbox.sent).toEqual([['key 1', { ...GATE, code: 'code 1' }]]);
  });

  test('is reported as one that was not checked, if it was refused', async () => {
    const outbox = outboxOf([lost], { 'key 1': REFUSED, 'key 1.late': REFUSED });
    expect(await sendAll(outbox.deps, GATE)).toBe('done');
    expect(outbox.keys()).toEqual(['key 1', 'key 1.late']);
    expect(outbox.sent[1]?.[1]).toMatchObject({ scannedAt: lost.scannedAt });
    expect([...outbox.scans.values()]).toEqual([{ ...lost, refusal: USED }]);
  });

  test('waits if there is still no response', async () => {
    const outbox = outboxOf([lost], { 'key 1': { state: 'unreachable', wasSent: true } });
    expect(await sendAll(outbox.deps, GATE)).toBe('unreachable');
    expect([...outbox.scans.values()]).toEqual([lost]);
  });

  test('is sent again as it was, if the device did not notice that it had sent it', async () => {
    const outbox = outboxOf([scan(1)]);
    const REUSED = { code: 'IDEMPOTENCY_KEY_REUSED', usedAt: null, usedGate: null };
    const { send } = outbox.deps;
    // As the API does: the key belongs to the request without the time.
    outbox.deps.send = async (each, key) => {
      const sent = await send(each, key);
      return each.scannedAt ? { state: 'refused', refusal: REUSED } : sent;
    };
    expect(await sendAll(outbox.deps, GATE)).toBe('done');
    expect(outbox.sent.at(-1)).toEqual(['key 1', { ...GATE, code: 'code 1' }]);
    expect(outbox.scans.size).toBe(0);
  });
});
