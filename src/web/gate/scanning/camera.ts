/** Looks for codes with the camera until it is stopped. */
import { sleep } from '../../../client/transport/sleep.ts';
import { openDecoder } from './decoder.ts';
import { Repeats } from './repeats.ts';

/** Why there is no picture: the user or the device refuses the camera, or there is none. */
export type CameraProblem = 'denied' | 'missing' | 'broken';

/** Between two pictures, in ms: quick enough for a queue of guests, and the phone stays cool. */
const PAUSE_MS = 120;

export interface Watching {
  video: HTMLVideoElement;
  signal: AbortSignal;
  onCode(text: string): void;
  /** Whether a scan is being checked. The next guest's code is reported afterwards. */
  isBusy(): boolean;
}

/**
 * Shows the camera in `video` and reports each code once, for as long as it stays in sight.
 * @throws CameraError
 */
export async function watchCamera({ video, signal, onCode, isBusy }: Watching): Promise<void> {
  const [stream, decode] = await Promise.all([openCamera(), openDecoder()]);
  const stop = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  try {
    signal.throwIfAborted();
    video.srcObject = stream;
    await video.play();
    const repeats = new Repeats();
    while (!signal.aborted) {
      const text = document.visibilityState === 'visible' ? await decode(video) : undefined;
      if (text !== undefined && repeats.isNew(text, performance.now(), isBusy())) onCode(text);
      await sleep(PAUSE_MS, signal);
    }
  } finally {
    stop();
  }
}

export class CameraError extends Error {
  readonly problem: CameraProblem;
  constructor(problem: CameraProblem) {
    super(`The camera cannot be used: ${problem}.`);
    this.problem = problem;
  }
}

async function openCamera(): Promise<MediaStream> {
  // A page without TLS has no camera.
  if (!navigator.mediaDevices) throw new CameraError('missing');
  try {
    return await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'environment', width: { ideal: 1280 } },
    });
  } catch (error) {
    const { name } = error as DOMException;
    if (name === 'NotAllowedError' || name === 'SecurityError') throw new CameraError('denied');
    throw new CameraError(name === 'NotFoundError' ? 'missing' : 'broken');
  }
}

/**
 * Keeps the screen on until the signal is aborted, if the device allows it. A browser gives the lock back when the page is hidden
 * (Screen Wake Lock, W3C), so it is requested again when the page is seen again.
 */
export function keepScreenOn(signal: AbortSignal): void {
  let lock: WakeLockSentinel | undefined;
  const release = () => void lock?.release().catch(() => undefined);
  const request = async () => {
    if (document.visibilityState !== 'visible') return;
    lock = await navigator.wakeLock?.request('screen').catch(() => undefined);
    if (signal.aborted) release();
  };
  void request();
  document.addEventListener('visibilitychange', request, { signal });
  signal.addEventListener('abort', release);
}
