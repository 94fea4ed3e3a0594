/** The signature of the sandbox's events: the header, and the functions under the sandbox's names. */
export {
  isEventSigned as isSandboxEventSigned,
  signEvent as signSandboxEvent,
} from './event-signature.ts';

/** The header that has the signature. */
export const SANDBOX_SIGNATURE = 'Sandbox-Signature';
