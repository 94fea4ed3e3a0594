/**
 * The scans that the API has not confirmed: whom the gate has let in without it. They are sent in the order in which they happened,
 * each with a key of its own, so that sending one again has no further effect.
 */

/** A scan with which the gate has let somebody in. */
export interface KeptScan {
  /** The idempotency key. */
  key: string;
  /** Ascends with the scans of this device. */
  number: number;
  scheduleId: number;
  gate: string;
  code: string;
  ticketId: number;
  place: string;
  /** ISO 8601, by the clock of this device. */
  scannedAt: string;
  /**
   * The scan was sent before the guest was let in, and no response came. Then the API may have let the guest in already, so the
   * same request is sent again first.
   */
  wasSent: boolean;
  /** Why the API has refused the scan afterwards; null while it is not sent. */
  refusal: LateRefusal | null;
}

/** Why a scan was refused after the guest was let in. */
export interface LateRefusal {
  code: string;
  /** When and at which gate somebody else has entered with the ticket; null for other reasons. */
  usedAt: string | null;
  usedGate: string | null;
}

/** What became of one request. */
export type Sent =
  | { state: 'entered' }
  | { state: 'refused'; refusal: LateRefusal }
  /** The API tried and could not: the next attempt needs a new key. */
  | { state: 'failed' }
  /** The API did not answer, or not yet. `wasSent`: a request has left the device, and may have taken effect. */
  | { state: 'unreachable'; wasSent: boolean }
  /** The access token is missing, expired, or of another gate. */
  | { state: 'signed-out' };

/** Where the scans are kept. */
export interface ScanStore {
  all(): Promise<KeptScan[]>;
  put(scan: KeptScan): Promise<void>;
  remove(key: string): Promise<void>;
}

export interface SentScan {
  scheduleId: number;
  gate: string;
  code: string;
  /** Set if the guest was let in without the API. */
  scannedAt?: string;
}

export interface OutboxDeps {
  store: ScanStore;
  send(scan: SentScan, key: string): Promise<Sent>;
  newKey(): string;
}

/** The gate whose token the device has. */
export interface OfGate {
  scheduleId: number;
  gate: string;
}

/** The scans of a gate that are to be sent, in their order. Scans of another gate wait for its token. */
export function sendable(scans: readonly KeptScan[], { scheduleId, gate }: OfGate): KeptScan[] {
  return scans
    .filter((scan) => scan.refusal === null && scan.scheduleId === scheduleId && scan.gate === gate)
    .toSorted((one, other) => one.number - other.number);
}

/**
 * Sends the scans of a gate until one cannot be sent: the later ones then wait too, so that the API gets them in their order.
 * @returns what stopped it, or `done`
 */
export async function sendAll(
  deps: OutboxDeps,
  gate: OfGate,
): Promise<'done' | 'unreachable' | 'signed-out'> {
  for (const scan of sendable(await deps.store.all(), gate)) {
    const sent = await sendOne(deps, scan);
    if (sent.state === 'entered') await deps.store.remove(scan.key);
    else if (sent.state === 'refused') await deps.store.put({ ...scan, refusal: sent.refusal });
    else if (sent.state === 'failed') {
      await deps.store.remove(scan.key);
      await deps.store.put({ ...scan, key: deps.newKey(), wasSent: false });
      return 'unreachable';
    } else return sent.state;
  }
  return 'done';
}

async function sendOne({ send }: Pick<OutboxDeps, 'send'>, scan: KeptScan): Promise<Sent> {
  const { key, scheduleId, gate, code, scannedAt, wasSent } = scan;
  const request = { scheduleId, gate, code };
  if (!wasSent) {
    const sent = await send({ ...request, scannedAt }, key);
    // The API knows the key: the scan had been sent before the guest was let in.
    const isKnown = sent.state === 'refused' && sent.refusal.code === 'IDEMPOTENCY_KEY_REUSED';
    return isKnown ? sendOne({ send }, { ...scan, wasSent: true }) : sent;
  }
  const first = await send(request, key);
  if (first.state !== 'refused' && first.state !== 'failed') return first;
  // The guest is inside all the same, so the scan is reported as one that was not checked.
  return send({ ...request, scannedAt }, `${key}.late`);
}
