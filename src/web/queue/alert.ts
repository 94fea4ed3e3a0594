/**
 * Tells a user who asked for it that it is their turn: by a notification of the system, by a sound, and by vibration. The
 * browser is only asked for permission after the user has pressed the button.
 */
/** The frequencies of the tones, in Hz, and how long each of them sounds, in seconds. */
const TONES = [660, 880];
const TONE_SECONDS = 0.18;
const VOLUME = 0.2;
const VIBRATION_MS = [200, 100, 200];

let audio: AudioContext | undefined;

/** What the browser can do to tell the user. */
export type AlertKind = 'notification' | 'sound';

/**
 * Asks for the permission to show notifications, and plays the sound once, so that the user knows it. Call it in the
 * handler of a click: without one, browsers neither ask nor play.
 */
export async function prepareAlert(): Promise<void> {
  playSound();
  if (canAsk()) await Notification.requestPermission();
}

export function alertKind(): AlertKind {
  return 'Notification' in window && Notification.permission === 'granted' && isNotificationKnown()
    ? 'notification'
    : 'sound';
}

/** Tells the user something. What the browser does not allow is left out. */
export function soundAlert(text: string): void {
  playSound();
  navigator.vibrate?.(VIBRATION_MS);
  if (alertKind() !== 'notification') return;
  const notification = new Notification(text, {
    tag: 'seatlane-turn',
    icon: document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.href ?? '',
    requireInteraction: true,
  });
  notification.addEventListener('click', () => {
    window.focus();
    notification.close();
  });
}

function canAsk(): boolean {
  return 'Notification' in window && Notification.permission === 'default' && isNotificationKnown();
}

/** Chrome on Android only allows notifications of service workers, and this page has none. */
function isNotificationKnown(): boolean {
  return !/\bAndroid\b/.test(navigator.userAgent);
}

function playSound(): void {
  // In a tab in which the user has not pressed anything, the sound would wait for the next click.
  if (!('AudioContext' in window) || navigator.userActivation?.hasBeenActive === false) return;
  audio ??= new AudioContext();
  void audio.resume().catch(() => undefined);
  const gain = audio.createGain();
  gain.gain.value = VOLUME;
  gain.connect(audio.destination);
  for (const [index, frequency] of TONES.entries()) {
    const tone = audio.createOscillator();
    tone.frequency.value = frequency;
    tone.connect(gain);
    const start = audio.currentTime + index * TONE_SECONDS;
    tone.start(start);
    tone.stop(start + TONE_SECONDS);
  }
}
