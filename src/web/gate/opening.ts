/** Opens and closes the gate of this device. */

import { type Gate, openingIn } from './address.ts';
import { keepGate } from './device/kept.ts';
import { currentGate, gateToken } from './session.ts';

/**
 * Opens the gate that an address names, such as the QR code on the board.
 * @returns false if the text is no such address
 */
export async function openByAddress(text: string): Promise<boolean> {
  const opening = openingIn(text, location.origin);
  if (!opening) return false;
  const { token, ...gate } = opening;
  await openGate(gate, token);
  return true;
}

/**
 * Takes a new token for the open gate from what its camera has seen. Only while the gate is signed out, and only for the same gate:
 * a visitor may show any QR code.
 * @returns false if the text is something else
 */
export async function renewByAddress(text: string): Promise<boolean> {
  const gate = currentGate.get();
  const opening = openingIn(text, location.origin);
  if (!gate || gateToken.get() !== null || !opening?.token) return false;
  if (opening.scheduleId !== gate.scheduleId || opening.gate !== gate.gate) return false;
  gateToken.set(opening.token);
  return true;
}

/** @param token null: it is asked for while the gate is open */
export async function openGate(gate: Gate, token: string | null): Promise<void> {
  await keepGate(gate);
  currentGate.set(gate);
  // A code without a token renews the gate alone.
  if (token !== null) gateToken.set(token);
}

export async function closeGate(): Promise<void> {
  await keepGate(null);
  gateToken.set(null);
  currentGate.set(null);
}
