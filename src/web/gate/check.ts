/** What a scan says: asks the API, and if that does not answer, decides by what this device knows. */

import { Interrupted } from '../../client/errors.ts';
import {
  type CheckIn,
  type ProblemDocument,
  ProblemError,
  SeatlaneGate,
  Unreachable,
} from '../../client/index.ts';
import { serverNow, setClockBy } from '../clock.ts';
import type { Gate } from './address.ts';
import {
  type KnownRefusal,
  keepEntry,
  keepRefusal,
  keptKeys,
  keptScans,
  knownRefusal,
} from './device/kept.ts';
import type { KeptScan, LateRefusal, Sent, SentScan } from './device/outbox.ts';
import { type CodedTicket, type PublishedKey, verifyCode } from './device/verify.ts';
import { gateToken } from './session.ts';

/** What the gate shows. */
export type Answer =
  /** The next guest is being checked: the answer for the one before has gone. */
  | { state: 'checking' }
  /** The guest may enter; `isChecked`: the API has let the guest in. */
  | { state: 'enter'; place: Place; isChecked: boolean }
  | {
      state: 'refused';
      reason: string;
      place: Place | null;
      usedAt: string | null;
      usedGate: string | null;
    }
  /** Nobody can tell: stay closed, and scan again. */
  | { state: 'unknown'; reason: 'no-keys' | 'no-ed25519' | 'failed' | 'broken' };

/** The names of a place as the API tells them, or as the code has them. */
export type Place = CheckIn['seat'] | string;

/** How long a guest waits for the API, in ms. After that the device decides by itself. */
const PATIENCE_MS = 6000;
/** The problems that say that the token is of no use. */
const SIGNED_OUT = new Set(['TOKEN_NOT_PROVIDED', 'INVALID_TOKEN', 'TOKEN_EXPIRED', 'FORBIDDEN']);

const fetchNow: typeof fetch = async (url, init) => {
  const response = await fetch(url, init);
  setClockBy(response.headers.get('date'));
  return response;
};

/** A client with this device's token. */
export function gateClient(): SeatlaneGate {
  const token = gateToken.get() ?? undefined;
  return new SeatlaneGate({ baseUrl: '', token, fetch: fetchNow, waitSeconds: 5, retries: 1 });
}

/** The result of a request: of a first scan, or of one that is sent later. */
export async function send(
  scan: SentScan,
  idempotencyKey: string,
): Promise<Sent & { entry?: CheckIn; ticketId?: number }> {
  const token = gateToken.get();
  if (token === null) return { state: 'signed-out' };
  if (!navigator.onLine) return { state: 'unreachable', wasSent: false };
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const entry = await gateClient().checkIn(scan, { idempotencyKey, signal });
    return { state: 'entered', entry };
  } catch (error) {
    const problem = error instanceof Unreachable ? undefined : problemOf(error);
    // A proxy or the page of a wireless network may answer instead of the API.
    if (!problem || problem.code.startsWith('HTTP_'))
      return { state: 'unreachable', wasSent: true };
    const { code } = problem;
    if (SIGNED_OUT.has(code)) {
      // Another scan may have got a new token meanwhile.
      if (gateToken.get() === token) gateToken.set(null);
      return { state: 'signed-out' };
    }
    if (code === 'COMMAND_FAILED') return { state: 'failed' };
    return { state: 'refused', refusal: toRefusal(problem) };
  }
}

const problemOf = (error: unknown) => (error instanceof ProblemError ? error.problem : undefined);

function toRefusal(problem: ProblemDocument): LateRefusal {
  const { code, at, gate } = problem as { code: string; at?: unknown; gate?: unknown };
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return { code, usedAt: text(at), usedGate: text(gate) };
}

/** Decides whether the holder of a code enters. */
export async function check(code: string, { scheduleId, gate }: Gate): Promise<Answer> {
  const key = crypto.randomUUID();
  const sent = await send({ scheduleId, gate, code }, key);
  if (sent.state === 'entered' && sent.entry) {
    const { ticketId, at, seat } = sent.entry;
    await learn(usedBy({ scheduleId, ticketId, at, gate }));
    return { state: 'enter', place: seat, isChecked: true };
  }
  if (sent.state === 'failed') return { state: 'unknown', reason: 'failed' };
  if (sent.state === 'refused') {
    const { code: reason, usedAt, usedGate } = sent.refusal;
    const ticket = await ticketIn(code, scheduleId);
    // Refused here and now, it must not pass when the network is gone.
    if (ticket) {
      await learn({ scheduleId, ticketId: ticket.ticketId, reason, usedAt, usedGate });
    }
    return { state: 'refused', reason, place: ticket?.place ?? null, usedAt, usedGate };
  }
  const wasSent = sent.state === 'unreachable' && sent.wasSent;
  return checkAlone({ code, key, scheduleId, gate, wasSent });
}

/** Keeps what the API has said of a ticket. Its answer counts, whatever becomes of that. */
async function learn(refusal: KnownRefusal): Promise<void> {
  await keepRefusal(refusal).catch(console.error);
}

interface Use {
  scheduleId: number;
  ticketId: number;
  at: string;
  gate: string;
}

const usedBy = ({ scheduleId, ticketId, at, gate }: Use) => ({
  scheduleId,
  ticketId,
  reason: 'TICKET_ALREADY_USED',
  usedAt: at,
  usedGate: gate,
});

/** The ticket that a code names, for a refusal; undefined if the code is no ticket. */
async function ticketIn(code: string, scheduleId: number): Promise<CodedTicket | undefined> {
  const keys = (await keptKeys().catch(() => undefined)) ?? [];
  const verifying = verifyCode(code, keys, scheduleId);
  const verified = await verifying.catch(() => undefined);
  return verified && verified.state !== 'invalid' ? verified.ticket : undefined;
}

type Alone = Pick<KeptScan, 'code' | 'key' | 'scheduleId' | 'gate' | 'wasSent'>;

/** Decides by the published keys and by the tickets that this device has seen. */
async function checkAlone(scan: Alone): Promise<Answer> {
  const { code, scheduleId, gate } = scan;
  const keys = await keptKeys();
  if (!keys) return { state: 'unknown', reason: 'no-keys' };
  const verified = await verifyCode(code, keys, scheduleId).catch((error) => {
    if (error instanceof DOMException) return undefined;
    throw error;
  });
  if (!verified) return { state: 'unknown', reason: 'no-ed25519' };
  if (verified.state === 'invalid') return refused('TICKET_INVALID', null);
  const { ticketId, place } = verified.ticket;
  if (verified.state === 'wrong-schedule') return refused('TICKET_WRONG_SCHEDULE', place);
  const known = await knownRefusal(scheduleId, ticketId);
  if (known) {
    const { reason, usedAt, usedGate } = known;
    return { ...refused(reason, place), usedAt, usedGate };
  }
  const scannedAt = new Date(serverNow()).toISOString();
  const last = Math.max(0, ...(await keptScans.all()).map(({ number }) => number));
  const kept = { ...scan, number: last + 1, ticketId, place, scannedAt, refusal: null };
  await keepEntry(kept, usedBy({ scheduleId, ticketId, at: scannedAt, gate }));
  return { state: 'enter', place, isChecked: false };
}

const refused = (reason: string, place: string | null) =>
  ({ state: 'refused', reason, place, usedAt: null, usedGate: null }) as const;

/** Reads the published keys. @throws Interrupted without a network */
export async function readKeys(): Promise<PublishedKey[]> {
  const response = await fetchNow('/.well-known/jwks.json', {
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!response.ok)
    throw new Interrupted(new Error(`The keys were answered with ${response.status}.`));
  return (await response.json()).keys;
}
